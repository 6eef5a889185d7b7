/** The site as a signed-in person has it, for tests: everything but the sign-in, on a faked API. */
import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import { Session, SessionContext, type Identity, type Provider } from "@/features/auth";
import type { Config } from "@/lib/config";
import { Announcer } from "@/lib/announcer";
import { FakeApi } from "@/test/fakeApi";
import { limits } from "@/test/limits";
import { conversation } from "@/test/records";
import { Toasts } from "@/ui/toasts";

import SignedIn from "@/app/SignedIn";

const identity: Identity = { userId: "ada", email: "ada@example.com", groups: ["members"] };
export const config: Config = {
  region: "eu-west-1",
  user_pool_id: "pool",
  client_id: "client",
  api_url: "https://api.test",
  socket_url: null,
  cognito_endpoint: null,
  stage: "test",
  signup: "closed",
  comment_origins: [],
  limits,
};

/** groups: what the next token says. */
export function signedInSession(person = identity, groups = () => person.groups ?? []): Session {
  const provider: Partial<Provider> = {
    identity: async () => person,
    token: async () => ({ idToken: "token", expiresAtMs: Date.now() + 3_600_000, groups: groups() }),
    signOut: async () => undefined,
  };
  const session = new Session(async () => provider as Provider, false);
  session.state.set({ status: "signed-in", identity: person });
  return session;
}

/** Anew for each test of a file that calls `prepareApp`. */
export let api: FakeApi;
export let person: ReturnType<typeof userEvent.setup>;

/** For all tests of a file: an API with one conversation, "c1", a person, and a clock that tests can put forward. */
export function prepareApp(): void {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    person = userEvent.setup({ advanceTimers: (ms) => void vi.advanceTimersByTime(ms) });
    api = new FakeApi();
    api.install();
    api.conversations.set("c1", conversation());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

export const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
export const composer = () => screen.findByRole("textbox", { name: "Message to Claude" });
export const pdf = (name = "thesis.pdf") => new File(["%PDF-1.7"], name, { type: "application/pdf" });

/** What a drag over the window carries. */
export const carried = (...files: File[]) => ({
  types: ["Files"],
  items: files.map((file) => ({ kind: "file", getAsFile: () => file })),
});

export async function dropOnPage(...files: File[]): Promise<void> {
  fireEvent.drop(window, { dataTransfer: carried(...files) });
  await pass(50);
}

/** The storage has all bytes of an upload, and the server has read the file. */
export async function finishReading(index = 0, fields: Partial<Parameters<typeof api.files.put>[0]> = {}): Promise<void> {
  act(() => api.files.uploads[index]?.end(204));
  api.files.put({ file_id: `f${index + 1}`, status: "ready", group: "document", format: "PDF", pages: 212, tokens: 89_712, ...fields });
  await pass(3_000);
}

export const openAsOwner = (path: string) => {
  const owner = { ...identity, groups: ["owners"] };
  return openApp(path, signedInSession(owner), owner);
};

export function openApp(path = "/chat", session = signedInSession(), person = identity) {
  window.history.replaceState(null, "", path);
  const view = render(
    <SessionContext value={session}>
      <ApiContext value={new ApiClient(config.api_url, session)}>
        <SignedIn config={config} identity={person} />
        <Toasts />
        <Announcer />
      </ApiContext>
    </SessionContext>,
  );
  return { ...view, session };
}
