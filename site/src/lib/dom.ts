/** How the elements for any page make nodes: never of HTML, so that no text can become markup. */

export type Child = Node | string | null | false;

/** An element with attributes, and what is in it; texts become text nodes. */
export function h(name: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children) if (child !== null && child !== false) made.append(child);
  return made;
}
