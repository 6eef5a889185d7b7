import { beforeEach, describe, expect, it } from "vitest";

import { Drafts } from "./drafts";

/** What a tab does, and then what the others are told of it, as browsers do it. */
function elsewhere(act: () => void): void {
  const before = { ...localStorage } as Record<string, string>;
  act();
  for (const key of new Set([...Object.keys(before), ...Object.keys(localStorage)])) {
    const [oldValue, newValue] = [before[key] ?? null, localStorage.getItem(key)];
    if (oldValue !== newValue) window.dispatchEvent(new StorageEvent("storage", { key, oldValue, newValue }));
  }
}

/** Another tab sends what it has, as the composer does. */
function send(other: Drafts, conversation = "c1"): void {
  elsewhere(() => {
    other.of(conversation).set("");
    other.flush();
  });
  elsewhere(() => other.filesOf(conversation).set([]));
}

let other: Drafts;
let own: Drafts;
const held = () => ({ text: own.of("c1").get(), files: own.filesOf("c1").get() });

beforeEach(() => {
  other = new Drafts("ada");
  other.putBack("c1", "What does it say?", ["k1"]);
  own = new Drafts("ada");
  held();
  return own.follow();
});

describe("a draft that two tabs have", () => {
  it("is the same in both", () => {
    expect(held()).toEqual({ text: "What does it say?", files: ["k1"] });
  });

  it("is lost with its files once one of them has sent it, and is not written anew", () => {
    send(other);
    expect(held()).toEqual({ text: "", files: [] });
    elsewhere(() => other.putBack("c1", "The next one", ["k2"]));
    own.flush();
    expect(new Drafts("ada").of("c1").get()).toBe("The next one");
    expect(new Drafts("ada").filesOf("c1").get()).toEqual(["k2"]);
  });

  it.each([
    ["just now", () => undefined],
    ["a while ago", () => own.flush()],
  ])("stays as it is where it was changed %s: what is gone of it stands in the way of sending", (_when, write) => {
    own.of("c1").set("Another question");
    write();
    send(other);
    expect(held()).toEqual({ text: "Another question", files: ["k1"] });
    own.flush();
    expect(new Drafts("ada").of("c1").get()).toBe("Another question");
  });

  it("is sent by whoever has read it, too", () => {
    const reader = new Drafts("ada");
    const unfollow = other.follow();
    reader.filesOf("c1");
    send(reader);
    expect([other.of("c1").get(), other.filesOf("c1").get()]).toEqual(["", []]);
    unfollow();
  });

  it("loses what was sent, and keeps what was attached here", () => {
    own.filesOf("c1").set(["k1", "k3"]);
    send(other);
    expect(held()).toEqual({ text: "", files: ["k3"] });
    expect(new Drafts("ada").filesOf("c1").get()).toEqual(["k3"]);
  });

  it("is not another one's, of whatever conversation or person", () => {
    const others = new Drafts("bob");
    others.putBack("c1", "What does it say?", ["k1"]);
    send(others);
    other.putBack("c2", "What does it say?", ["k1"]);
    send(other, "c2");
    expect(held()).toEqual({ text: "What does it say?", files: ["k1"] });
  });
});
