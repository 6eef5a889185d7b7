/** What a password that is chosen here must be. Cognito asks for its length alone, which is all that it can. */
import { AuthError } from "./provider";

/** As the pool's policy has it (`deploy/stacks/foundation.yaml`). */
export const SHORTEST_PASSWORD = 12;

/** Throws AuthError for one that Cognito refuses, or that is tried first by whoever guesses. email: whose it is. */
export async function checkNewPassword(password: string, email: string): Promise<void> {
  // https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html: no blank at its ends.
  if (password.length < SHORTEST_PASSWORD || password !== password.trim()) throw new AuthError("weakPassword");
  const { isCommon } = await import("../passwords/common");
  if (isCommon(password, email)) throw new AuthError("commonPassword");
}
