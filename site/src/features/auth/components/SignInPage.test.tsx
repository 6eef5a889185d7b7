import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiClient, NetworkError } from "@/api/client";
import { ApiContext } from "@/api/context";
import { setLanguage } from "@/i18n";

import { AuthError, type Identity, type Provider, type SignInStep } from "../api/provider";
import { Session } from "../api/session";
import { SessionContext } from "../context";
import { SignInPage } from "./SignInPage";

/** A user pool with one person, whose password may be temporary. */
class FakeProvider implements Provider {
  password = "right-Password-1";
  steps: SignInStep[] = ["done"];
  error: Error | null = null;
  groups: string[] = ["members"];
  readonly confirmed: string[] = [];
  readonly codesSentTo: string[] = [];
  #identity: Identity | null = null;

  async identity() {
    return this.#identity;
  }

  async signIn(email: string, password: string) {
    if (this.error) throw this.error;
    if (password !== this.password) throw new AuthError("credentials");
    return this.#next(email);
  }

  async confirmSignIn(response: string) {
    if (response.length < 6) throw new AuthError("weakPassword");
    this.confirmed.push(response);
    return this.#next("ada@example.com");
  }

  async requestPasswordReset(email: string) {
    this.codesSentTo.push(email);
  }

  async resetPassword(_email: string, code: string, password: string) {
    if (code !== "123456") throw new AuthError("codeMismatch");
    this.password = password;
  }

  async signOut() {
    this.#identity = null;
  }

  async token() {
    return null;
  }

  #next(email: string): SignInStep {
    const step = this.steps.shift() ?? "done";
    if (step === "done") this.#identity = { userId: "ada", email, groups: this.groups };
    return step;
  }
}

let provider: FakeProvider;
let session: Session;
const person = userEvent.setup();

function open(over?: "expired" | "ended", isOpen = false, lastEmail = ""): void {
  render(
    <SessionContext value={session}>
      <ApiContext value={new ApiClient("https://api.test", session)}>
        <SignInPage {...(over && { over })} lastEmail={lastEmail} isOpen={isOpen} isToComment={false} onLeave={null} />
      </ApiContext>
    </SessionContext>,
  );
}

async function signIn(password: string): Promise<void> {
  const email = screen.getByLabelText("Email");
  await person.clear(email);
  await person.type(email, " ada@example.com ");
  await person.clear(screen.getByLabelText("Password"));
  await person.type(screen.getByLabelText("Password"), password);
  await person.click(screen.getByRole("button", { name: "Sign in" }));
}

beforeEach(() => {
  provider = new FakeProvider();
  session = new Session(async () => provider, false);
});

describe("signing in", () => {
  it("signs in, whatever blanks surround the address", async () => {
    open();
    await signIn("right-Password-1");
    await waitFor(() =>
      expect(session.state.get()).toEqual({
        status: "signed-in",
        identity: { userId: "ada", email: "ada@example.com", groups: ["members"] },
      }),
    );
  });

  it("says what is wrong and lets the person try again", async () => {
    open();
    await signIn("wrong");
    expect(await screen.findByRole("alert")).toHaveTextContent("Email or password is wrong");
    await signIn("right-Password-1");
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
  });

  it.each([
    [new AuthError("tooMany"), "Too many attempts"],
    [new NetworkError("offline"), "cannot be reached"],
    [new TypeError("Failed to fetch dynamically imported module"), "cannot be reached"],
    [new Error("?"), "Signing in did not work"],
  ])("tells faults apart: %s", async (error, text) => {
    provider.error = error;
    open();
    await signIn("right-Password-1");
    expect(await screen.findByRole("alert")).toHaveTextContent(text);
  });

  it("asks for a password of one's own the first time", async () => {
    provider.steps = ["new-password", "done"];
    open();
    await signIn("right-Password-1");
    await person.type(await screen.findByLabelText("New password"), "my-own-Password-1");
    await person.type(screen.getByLabelText("Repeat the new password"), "something else");
    await person.click(screen.getByRole("button", { name: "Save and continue" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("differ");
    expect(provider.confirmed).toEqual([]);
    await person.clear(screen.getByLabelText("Repeat the new password"));
    await person.type(screen.getByLabelText("Repeat the new password"), "my-own-Password-1");
    await person.click(screen.getByRole("button", { name: "Save and continue" }));
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
    expect(provider.confirmed).toEqual(["my-own-Password-1"]);
  });

  it.each([
    ["Password2026!", "among the first that are tried"],
    ["ada@example.com", "your own name"],
    [" a passphrase with a blank", "without a space at either end"],
  ])("refuses %s as a person's own password", async (password, text) => {
    provider.steps = ["new-password", "done"];
    open();
    await signIn("right-Password-1");
    await person.type(await screen.findByLabelText("New password"), password);
    await person.type(screen.getByLabelText("Repeat the new password"), password);
    await person.click(screen.getByRole("button", { name: "Save and continue" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(text);
    expect(provider.confirmed).toEqual([]);
  });

  it("asks for a one-time code where one is set up", async () => {
    provider.steps = ["totp", "done"];
    open();
    await signIn("right-Password-1");
    await person.type(await screen.findByLabelText("One-time code"), "123456");
    await person.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
  });

  it("says why a session is over", () => {
    open("expired");
    expect(screen.getByRole("status")).toHaveTextContent("your draft is kept");
    cleanup();
    open("ended");
    expect(screen.getByRole("status")).toHaveTextContent("The session was ended, here or elsewhere.");
    expect(screen.getByRole("status"), "the same whoever has ended it").toHaveTextContent("may have closed the account");
  });

  it.each(["expired", "ended"] as const)("has the address of whose session has %s in its form", async (over) => {
    open();
    await signIn("right-Password-1");
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
    if (over === "expired") session.markExpired();
    else session.markEnded();
    const state = session.state.get();
    expect(state).toEqual({ status: over, email: "ada@example.com" });
    cleanup();
    open(over, false, "email" in state ? state.email : "");
    expect(screen.getByLabelText("Email")).toHaveValue("ada@example.com");
    expect(screen.getByLabelText("Password")).toHaveValue("");
  });

  it("keeps no tokens of a session that was ended", async () => {
    open();
    await signIn("right-Password-1");
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
    session.markEnded();
    expect(session.state.get().status).toBe("ended");
    await waitFor(async () => expect(await provider.identity()).toBeNull());
  });

  it("shows the password on request", async () => {
    open();
    await person.click(screen.getByRole("button", { name: "Show password" }));
    expect(screen.getByLabelText("Password")).toHaveAttribute("type", "text");
  });

  it("speaks French when asked to", async () => {
    open();
    await person.click(screen.getByRole("radio", { name: "Français" }));
    expect(screen.getByRole("button", { name: "Se connecter" })).toBeInTheDocument();
    expect(document.documentElement.lang).toBe("fr");
    setLanguage("en");
  });
});

describe("signing up", () => {
  const replies: Response[] = [];
  const asked: unknown[] = [];

  beforeEach(() => {
    asked.length = 0;
    vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
      asked.push([address, new Headers(init.headers).has("Authorization"), JSON.parse(String(init.body))]);
      return replies.shift();
    });
  });

  const ask = async (): Promise<void> => {
    await person.click(screen.getByRole("button", { name: "Ask for an account" }));
    await person.type(screen.getByLabelText("Email"), "new@example.com");
    await person.click(screen.getByRole("button", { name: "Send the invitation" }));
  };

  it("is offered where the stage is open alone", () => {
    open();
    expect(screen.queryByRole("button", { name: "Ask for an account" })).toBeNull();
    expect(screen.getByText(/New accounts are by invitation/)).toBeInTheDocument();
    cleanup();
    open(undefined, true);
    expect(screen.queryByText(/New accounts are by invitation/)).toBeNull();
  });

  it("says the same whoever asks, and leads back", async () => {
    replies.push(Response.json({}, { status: 202 }));
    open(undefined, true);
    await ask();
    expect(await screen.findByText(/If new@example\.com can have an account/)).toBeInTheDocument();
    expect(asked).toEqual([["https://api.test/signups", false, { email: "new@example.com", language: "en" }]]);
    await person.click(screen.getByRole("button", { name: "Back to sign-in" }));
    expect(screen.getByLabelText("Email")).toHaveValue("new@example.com");
  });

  it.each([
    [404, "signup_closed", "New accounts are by invitation."],
    [429, "rate_limited", "Too many accounts were asked for from here today."],
    [400, "invalid_request", "This is no complete email address."],
  ])("says why not: %i %s", async (status, code, text) => {
    replies.push(Response.json({ error: { code, message: code } }, { status }));
    open(undefined, true);
    await ask();
    expect(await screen.findByRole("alert")).toHaveTextContent(text);
  });
});

describe("a forgotten password", () => {
  it("is replaced by a code from the email", async () => {
    open();
    await person.click(screen.getByRole("button", { name: "Forgot password?" }));
    await person.type(screen.getByLabelText("Email"), "ada@example.com");
    await person.click(screen.getByRole("button", { name: "Send the code" }));
    expect(provider.codesSentTo).toEqual(["ada@example.com"]);
    await person.type(await screen.findByLabelText("Code from the email"), "000000");
    await person.type(screen.getByLabelText("New password"), "motdepasse2026");
    await person.click(screen.getByRole("button", { name: "Set the new password" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("among the first that are tried");
    await person.clear(screen.getByLabelText("New password"));
    await person.type(screen.getByLabelText("New password"), "another-Password-1");
    await person.click(screen.getByRole("button", { name: "Set the new password" }));
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("This code is not right"));
    await person.clear(screen.getByLabelText("Code from the email"));
    await person.type(screen.getByLabelText("Code from the email"), "123456");
    await person.click(screen.getByRole("button", { name: "Set the new password" }));
    expect(await screen.findByText(/has been changed/)).toBeInTheDocument();
    await signIn("another-Password-1");
    await waitFor(() => expect(session.state.get().status).toBe("signed-in"));
  });

  it("is asked for by whoever has to set a new one", async () => {
    provider.steps = ["reset-password"];
    open();
    await signIn("right-Password-1");
    expect(await screen.findByLabelText("Code from the email")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Back to sign-in" }));
    expect(screen.getByRole("button", { name: "Sign in" })).toBeInTheDocument();
  });

  it("goes back by the browser's own button, step by step, and stays on the site", async () => {
    open();
    await person.type(screen.getByLabelText("Email"), "bob@example.com");
    await person.click(screen.getByRole("button", { name: "Forgot password?" }));
    await person.click(screen.getByRole("button", { name: "Send the code" }));
    expect(await screen.findByLabelText("Code from the email")).toBeInTheDocument();
    history.back();
    expect(await screen.findByRole("button", { name: "Send the code" })).toBeInTheDocument();
    history.back();
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeInTheDocument();
    expect(screen.getByLabelText("Email")).toHaveValue("bob@example.com");
    history.forward();
    expect(await screen.findByRole("button", { name: "Send the code" })).toBeInTheDocument();
  });

  it("leaves no step behind in the history once it is done", async () => {
    open();
    const before = history.state as unknown;
    await person.click(screen.getByRole("button", { name: "Forgot password?" }));
    await person.type(screen.getByLabelText("Email"), "ada@example.com");
    await person.click(screen.getByRole("button", { name: "Send the code" }));
    await person.type(await screen.findByLabelText("Code from the email"), "123456");
    await person.type(screen.getByLabelText("New password"), "another-Password-1");
    await person.click(screen.getByRole("button", { name: "Set the new password" }));
    expect(await screen.findByText(/has been changed/)).toBeInTheDocument();
    await waitFor(() => expect(history.state).toEqual(before));
  });
});
