import { describe, expect, it } from "vitest";

import { flowing } from "./flow";

describe("flowing", () => {
  it("joins lines that end where the page ends, and no others", () => {
    const page = "Heading\nThe first line goes to the edge\nand the second one goes there too\nand ends.\n\nAnother one.";
    expect(flowing(page)).toBe(
      "Heading\nThe first line goes to the edge and the second one goes there too and ends.\n\nAnother one.",
    );
  });

  it("keeps items of a list on lines of their own", () => {
    const page = "These are the terms that we agreed\n1. A month of notice, in writing, to\nthe other.\n• Nothing else was ever promised.";
    expect(flowing(page)).toBe(
      "These are the terms that we agreed\n1. A month of notice, in writing, to the other.\n• Nothing else was ever promised.",
    );
  });

  it("moves nothing: a quote stands where it stood", () => {
    const page = "one two three four\nfive six seven eight\n\nnine\nten";
    expect(flowing(page)).toHaveLength(page.length);
    expect(flowing(page).indexOf("five")).toBe(page.indexOf("five"));
  });
});
