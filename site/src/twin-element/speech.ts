/** What a screen reader is told of an answer that grows: sentences that are finished, each once. Pure. */

const END = /[.!?…:]["»”’)\]]*(?=\s)|\n\n/gu;

/** Where the last finished sentence ends, from `from` on; `from` where none is. */
export function finishedUntil(text: string, from: number): number {
  let until = from;
  for (const found of text.slice(from).matchAll(END)) until = from + found.index + found[0].length;
  return until;
}

export class Speaker {
  readonly #region: HTMLElement;
  #spoken = 0;
  #of = "";

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  /** An answer as it is now; all of it when it has ended. */
  follow(answerId: string, text: string, hasEnded: boolean): void {
    if (answerId !== this.#of) {
      this.#of = answerId;
      this.#spoken = 0;
    }
    const until = hasEnded ? text.length : finishedUntil(text, this.#spoken);
    if (until > this.#spoken) this.say(text.slice(this.#spoken, until).trim());
    this.#spoken = Math.max(until, this.#spoken);
  }

  /** Added rather than replaced, so that a sentence is not cut off by the next one. */
  say(text: string): void {
    if (text === "") return;
    const line = document.createElement("p");
    line.textContent = text;
    this.#region.append(line);
    while (this.#region.childElementCount > 10) this.#region.firstElementChild?.remove();
  }
}
