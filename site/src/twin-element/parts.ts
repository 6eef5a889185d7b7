/** Nodes that follow a list by their keys: what stays the same is left alone, with its focus and selection. */

export interface Part {
  key: string;
  make(): HTMLElement;
}

export class Parts {
  readonly node: HTMLElement;
  #keys: string[] = [];

  constructor(node: HTMLElement) {
    this.node = node;
  }

  show(parts: readonly Part[]): void {
    for (const [at, { key, make }] of parts.entries()) {
      if (this.#keys[at] === key) continue;
      const held = this.node.children[at];
      if (held) replace(held, make());
      else this.node.append(make());
    }
    while (this.node.childElementCount > parts.length) this.node.lastElementChild?.remove();
    this.#keys = parts.map(({ key }) => key);
  }
}

/** Whoever stood at a control stands at the one that takes its place. */
function replace(held: Element, made: HTMLElement): void {
  const root = held.getRootNode() as Document | ShadowRoot;
  const active = root.activeElement;
  const name = active && held.contains(active) ? active.getAttribute("part") : null;
  held.replaceWith(made);
  if (name !== null) made.querySelector<HTMLElement>(`[part="${name}"]`)?.focus({ preventScroll: true });
}
