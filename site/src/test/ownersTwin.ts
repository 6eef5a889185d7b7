/** The page of the twin, for tests: on an API of one twin, "me". */
import { screen } from "@testing-library/react";
import { beforeEach } from "vitest";

import { draft, FakeDrafts } from "./fakeDrafts";
import { person } from "./openApp";

/** Anew for each test of a file that calls `prepareTwin`, after `prepareApp`. */
export let api: FakeDrafts;

export function prepareTwin(): void {
  beforeEach(() => {
    api = new FakeDrafts();
    api.install(fetch);
    api.drafts.set("me", draft());
  });
}

/** Go to a step of the set-up. */
export const step = async (name: string): Promise<void> => person.click(await screen.findByRole("button", { name: new RegExp(`${name}$`) }));

export async function type(label: string, text: string): Promise<void> {
  const field = screen.getByRole("textbox", { name: label });
  await person.clear(field);
  if (text) await person.type(field, text);
}
