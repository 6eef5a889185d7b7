import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { composer, finishReading, openApp, pass, pdf, person, prepareApp } from "@/test/openApp";

/** What a screen reader is told by a live region. */
function spoken(region: HTMLElement): string {
  const heard = region.cloneNode(true) as HTMLElement;
  for (const hidden of heard.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  return heard.textContent;
}

prepareApp();

it("a message that waits for its files is heard of once, and seen to wait for fewer and fewer", async () => {
  openApp("/c/c1");
  const box = await composer();
  await person.upload(document.querySelector("input[type=file]") as HTMLInputElement, [pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf")]);
  await pass(50);
  await person.type(box, "Compare them{Enter}");
  const region = (await screen.findByText(/waits until 3 files are read/)).closest("[role=status]") as HTMLElement;
  const before = spoken(region);
  expect(before).toContain("until its files are read");
  await finishReading();
  await pass(3_000);
  expect(region).toHaveTextContent("waits until 2 files are read");
  expect(spoken(region)).toBe(before);
});
