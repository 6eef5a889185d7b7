import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { api, composer, openApp, pass, person, prepareApp } from "@/test/openApp";

const kept = () => Object.keys(localStorage).filter((key) => key.includes("unsent.ada."));

/** The page with its settings open. */
async function open() {
  const { session } = openApp("/c/c1");
  const signOut = vi.spyOn(session, "signOut").mockResolvedValue();
  await composer();
  await pass(100);
  return signOut;
}

async function pressSignOut(name = "Sign out"): Promise<void> {
  await person.click(screen.getByRole("button", { name: /Settings and account/ }));
  await person.click(screen.getByRole("button", { name }));
  await pass(50);
}

prepareApp();

it("signs out at once when nothing would be lost", async () => {
  const signOut = await open();
  await pressSignOut();
  expect(api.sent("POST", /^\/sessions\/end$/)).toHaveLength(1);
  expect(signOut).toHaveBeenCalledTimes(1);
});

it("signs out where the API cannot be told", async () => {
  const signOut = await open();
  api.offline = 1;
  await pressSignOut();
  expect(signOut).toHaveBeenCalledTimes(1);
});

it("signs out on all devices, and nowhere where the API cannot be told", async () => {
  const signOut = await open();
  await pressSignOut("Sign out on all devices");
  expect(api.sent("POST", /^\/sessions\/end$/)).toMatchObject([{ body: { everywhere: true } }]);
  expect(signOut).toHaveBeenCalledExactlyOnceWith(true);
  api.offline = 1;
  await person.click(screen.getByRole("button", { name: "Sign out on all devices" }));
  await pass(50);
  expect(screen.getByText("Signing out did not work. Try again.")).toBeInTheDocument();
  expect(signOut).toHaveBeenCalledTimes(1);
});

it("leaves a session that has ended already, which can end no other", async () => {
  const signOut = await open();
  api.isExpired = true;
  await pressSignOut("Sign out on all devices");
  expect(screen.queryByText("Signing out did not work. Try again.")).toBeNull();
  expect(signOut).toHaveBeenCalledExactlyOnceWith(false);
});

it("asks before messages that were kept are deleted", async () => {
  const signOut = await open();
  api.beginElsewhere("c1", "Other");
  await person.type(screen.getByRole("textbox", { name: "Message to Claude" }), "Precious{Enter}");
  await pass(500);
  expect(kept()).toHaveLength(1);
  await pressSignOut();
  expect(screen.getByRole("alertdialog", { name: "1 message was not sent yet." })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus();
  await person.keyboard("{Escape}");
  await pass(50);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(screen.getByRole("button", { name: "Sign out" })).toHaveFocus();
  expect(signOut).not.toHaveBeenCalled();
  expect(kept()).toHaveLength(1);
  await person.click(screen.getByRole("button", { name: "Sign out" }));
  await person.click(screen.getByRole("button", { name: "Sign out and delete" }));
  await pass(50);
  expect(signOut).toHaveBeenCalledTimes(1);
  expect(kept()).toHaveLength(0);
});

it("says when signing out did not work, and keeps everything", async () => {
  const signOut = await open();
  signOut.mockRejectedValue(new Error("offline"));
  await pressSignOut();
  expect(screen.getByText("Signing out did not work. Try again.")).toBeInTheDocument();
});
