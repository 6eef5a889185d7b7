import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { announce } from "@/lib/announcer";
import { showToast } from "@/ui/toasts";

import { api, openApp, person, prepareApp } from "@/test/openApp";

prepareApp();

afterEach(() => vi.restoreAllMocks());

describe("signing out", () => {
  it("leaves nothing of what was shown or said on the page", async () => {
    const first = openApp("/chat");
    await screen.findByRole("textbox", { name: "Message to Claude" });
    act(() => {
      announce("Claude has answered. A secret.");
      showToast({ text: "secret.pdf was deleted.", durationMs: 60_000 });
    });
    expect(document.body).toHaveTextContent(/A secret.*secret\.pdf|secret\.pdf.*A secret/);
    first.unmount();
    openApp("/chat");
    await screen.findByRole("textbox", { name: "Message to Claude" });
    expect(document.body).not.toHaveTextContent(/secret/);
  });
});

describe("an address with a slash at its end", () => {
  it("is the page of the one without", async () => {
    openApp("/chat/");
    expect(await screen.findByRole("textbox", { name: "Message to Claude" })).toBeInTheDocument();
  });
});

describe("the drawer of a phone", () => {
  it("takes Escape for itself: the answer goes on", async () => {
    const matchMedia = window.matchMedia.bind(window);
    vi.spyOn(window, "matchMedia").mockImplementation((query) => ({ ...matchMedia(query), matches: false }) as MediaQueryList);
    const { message_id: answerId } = api.beginElsewhere("c1", "Go on");
    api.write(answerId, "At length");
    openApp("/c/c1");
    await screen.findByText("At length");
    await person.click(screen.getByRole("button", { name: "Open conversations" }));
    expect(screen.getByRole("dialog", { name: "Conversations" })).toBeInTheDocument();
    await person.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.sent("POST", /\/stop$/)).toHaveLength(0);
  });
});
