/** The stage under test, as `run.py` describes it. */
import { closeSync, openSync, readFileSync } from "node:fs";

export interface Stage {
  stage: string;
  site_url: string;
  api_url: string;
  socket_url: string;
  client_id: string;
  /** null: the stage asks a real model. */
  model_url: string | null;
  /** null: the stage is somebody's, not this run's. */
  state_dir: string | null;
  development_url: string | null;
  people: Account[];
}

export interface Account {
  email: string;
  password: string;
  /** Whether the password has to be changed at the first sign-in. */
  is_new: boolean;
  /** "": nobody has let them in. */
  group: Group;
}

export type Group = "members" | "owners" | "";

const file = process.env["CHATAPP_E2E_CONTEXT"];
if (!file) throw new Error("These tests need a deployed stage: python -m tests.e2e.run [--stage STAGE]");

export const stage = JSON.parse(readFileSync(file, "utf8")) as Stage;

/** A user whom no other test takes, whichever process it runs in: whoever makes the user's file has it. */
export function takeAccount({ isNew = false, group = "members" }: { isNew?: boolean; group?: Group } = {}): Account {
  for (const [index, account] of stage.people.entries()) {
    if (account.is_new === isNew && account.group === group && claims(`${file}.taken-${index}`)) return account;
  }
  throw new Error("No user is left; run.py makes a fixed number of them.");
}

function claims(path: string): boolean {
  try {
    closeSync(openSync(path, "wx"));
    return true;
  } catch {
    return false;
  }
}
