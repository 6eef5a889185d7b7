import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { MessageFile } from "@/api/types";
import { LimitsContext } from "@/lib/limits";
import { Drafts } from "@/session/drafts";
import type { ChatRuntime } from "@/session/runtime";
import { FakeApi } from "@/test/fakeApi";
import { limits } from "@/test/limits";
import { message } from "@/test/records";

import { ChatContext } from "../context";
import { UserMessage } from "./UserMessage";

const file = (id: string): MessageFile => ({ file_id: id, name: `${id}.pdf`, type: "application/pdf", size: 5, group: "document", format: "PDF", pages: 1 });

const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };

beforeEach(() => new FakeApi().install());
afterEach(() => void vi.unstubAllGlobals());

/** The page anew, with what this browser has kept. */
function open(onEdit: (...args: unknown[]) => boolean = () => true) {
  const drafts = new Drafts("ada");
  const chat = { drafts } as unknown as ChatRuntime;
  const view = render(
    <QueryClientProvider client={new QueryClient()}>
      <LimitsContext value={limits}>
        <ApiContext value={new ApiClient("https://api.test", tokens)}>
          <ChatContext value={chat}>
            <UserMessage message={message({ message_id: "m1", content: [{ type: "text", text: "Which roses?" }], files: [file("f1"), file("f2")] })} versions={null} canEdit onEdit={onEdit} />
          </ChatContext>
        </ApiContext>
      </LimitsContext>
    </QueryClientProvider>,
  );
  return {
    leave: () => {
      drafts.flush();
      view.unmount();
    },
  };
}

const box = () => screen.getByRole("textbox", { name: "Edit your message" });
const write = (text: string) => fireEvent.change(box(), { target: { value: text } });
const begin = async () => userEvent.click(screen.getByRole("button", { name: "Edit" }));

it("gives an edit in progress back after a reload, with the files that were taken out", async () => {
  const { leave } = open();
  await begin();
  write("Which lilies?");
  await userEvent.click(screen.getAllByRole("button", { name: /^Remove .*f1/ })[0] as HTMLElement);
  leave();
  const onEdit = vi.fn<(...args: unknown[]) => boolean>(() => true);
  const again = open(onEdit);
  expect(box()).toHaveValue("Which lilies?");
  expect(box()).not.toHaveFocus();
  await userEvent.click(screen.getByRole("button", { name: "Send edited" }));
  expect(onEdit).toHaveBeenCalledWith(expect.anything(), "Which lilies?", [file("f2")]);
  again.leave();
  open();
  expect(screen.queryByRole("textbox")).toBeNull();
});

it("keeps nothing of one that was cancelled, or never changed, and all of one that was not taken", async () => {
  const first = open();
  await begin();
  write("Which lilies?");
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  await begin();
  expect(box()).toHaveValue("Which roses?");
  first.leave();
  const second = open(() => false);
  expect(screen.queryByRole("textbox")).toBeNull();
  await begin();
  write("Which tulips?");
  await userEvent.click(screen.getByRole("button", { name: "Send edited" }));
  second.leave();
  open();
  expect(box()).toHaveValue("Which tulips?");
});

it.each([
  ["characters", "z".repeat(limits.text_characters + 7), /7 characters too long/],
  ["bytes", "🐈".repeat(limits.text_bytes / 4 + 1), /is the most/],
])("says that it has too many %s before it is sent", async (_unit, text, says) => {
  open();
  await begin();
  write(text);
  expect(screen.getByRole("alert")).toHaveTextContent(says);
  expect(screen.getByRole("button", { name: "Send edited" })).toBeDisabled();
  write("short");
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.getByRole("button", { name: "Send edited" })).toBeEnabled();
});

it("is not left by the Escape of an input method", async () => {
  open();
  await begin();
  fireEvent.keyDown(box(), { key: "Escape", keyCode: 229 });
  expect(box()).toBeInTheDocument();
});
