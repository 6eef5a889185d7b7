import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { NameForm } from "./NameForm";

const field = () => screen.getByRole("textbox", { name: "Title" });

function show(name: string) {
  const onSave = vi.fn<(name: string) => void>();
  const form = (shown: string) => <NameForm label="Title" name={shown} onSave={onSave} onClose={() => undefined} />;
  const { rerender } = render(form(name));
  return { onSave, arrive: (other: string) => rerender(form(other)) };
}

it("goes on with what is typed when another name arrives meanwhile", async () => {
  const { onSave, arrive } = show("Cats");
  await userEvent.type(field(), "My ca", { skipClick: true });
  arrive("All about the cats");
  await userEvent.keyboard("ts{Enter}");
  expect(onSave.mock.calls).toEqual([["My cats"]]);
});

it("leaves a name that arrived meanwhile alone when nothing was typed", async () => {
  const { onSave, arrive } = show("Cats");
  arrive("All about the cats");
  await userEvent.tab();
  expect(onSave).not.toHaveBeenCalled();
});
