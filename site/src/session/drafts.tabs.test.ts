import { beforeEach, describe, expect, it } from "vitest";

import { Drafts, forgetDrafts } from "./drafts";

/** Browser tabs: one `localStorage`, and a `sessionStorage` for each. */
class Tab {
  #kept: Record<string, string> = {};

  /** Do something in this tab, as it is after a reload. */
  use<T>(act: (drafts: Drafts) => T): T {
    sessionStorage.clear();
    for (const [key, value] of Object.entries(this.#kept)) sessionStorage.setItem(key, value);
    const drafts = new Drafts("ada");
    const result = act(drafts);
    drafts.flush();
    this.#kept = { ...sessionStorage } as Record<string, string>;
    return result;
  }

  write = (text: string, key = "c1"): void => this.use((drafts) => drafts.of(key).set(text));
  read = (key = "c1"): string => this.use((drafts) => drafts.of(key).get());
}

let one: Tab;
let two: Tab;

beforeEach(() => {
  one = new Tab();
  two = new Tab();
});

describe("the drafts of two tabs", () => {
  it("are each the tab's own after a reload, in every box", () => {
    for (const key of ["new", "c1", "edit.m1"]) {
      one.write(`one in ${key}`, key);
      two.write(`two in ${key}`, key);
    }
    expect(one.read()).toBe("one in c1");
    expect(one.read("new")).toBe("one in new");
    expect(one.read("edit.m1")).toBe("one in edit.m1");
    expect(two.read()).toBe("two in c1");
  });

  it("begin in a new tab with what was written last", () => {
    one.write("first");
    two.write("last");
    expect(new Tab().read()).toBe("last");
  });

  it("stay when the other tab sends its own", () => {
    one.write("one");
    two.write("two");
    two.write("");
    expect(one.read()).toBe("one");
    expect(new Tab().read()).toBe("");
  });

  it("leave nothing behind in a tab that signs out", () => {
    one.write("secret");
    one.use(() => forgetDrafts("ada"));
    expect(one.use((drafts) => drafts.of("c1").get())).toBe("");
  });
});
