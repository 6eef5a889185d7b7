import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { citation } from "@/test/citations";

import { CitationPopover } from "./CitationPopover";

it.each([
  ["The notice\nperiod is three\n months.", "“The notice period is three months.”"],
  ["\n  First.\n\n  Second\nline. \n", "“First.\n\nSecond line.”"],
  ["One line", "“One line”"],
])("a quote runs on past the lines of its page, and keeps what is set apart: %j", (text, shown) => {
  const quoted = citation(1, { cited_text: text });
  const marker = { source: { number: 1, citation: quoted }, citations: [quoted] };
  render(<CitationPopover id="q" marker={marker} anchor={{ current: null }} onOpen={() => undefined} />);
  expect(screen.getByText(/^“/).textContent).toBe(shown);
});
