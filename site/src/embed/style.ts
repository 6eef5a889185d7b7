/**
 * The element's look: the page's own colours and letters unless it says otherwise, by these variables or by parts.
 * Dark follows the page's `color-scheme`; `theme="dark"` or "light" chooses for this element alone.
 */
export const STYLE = `
:host {
  display: block;
  color: var(--chatapp-ink, inherit);
  font: var(--chatapp-font, inherit);
  line-height: 1.5;
  --_ink: var(--chatapp-ink, currentcolor);
  --_muted: var(--chatapp-muted, color-mix(in srgb, var(--_ink) 74%, transparent));
  --_line: var(--chatapp-line, color-mix(in srgb, var(--_ink) 18%, transparent));
  --_accent: var(--chatapp-accent, light-dark(#0e5f55, #67c7b5));
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; color: var(--chatapp-ink, #211f1b); background: var(--chatapp-paper, #fbfaf7); }
:host([theme="dark"]) { color-scheme: dark; color: var(--chatapp-ink, #ebe8e1); background: var(--chatapp-paper, #191816); }
:host(:is([theme="light"], [theme="dark"])) { padding: 1em; border-radius: var(--chatapp-radius, 0.75em); }
* { box-sizing: border-box; }
p, ol, [part~="heading"] { margin: 0; padding: 0; }
ol { list-style: none; display: grid; gap: 1.25em; }
section { display: grid; gap: 1.25em; overflow-wrap: anywhere; }
[part~="heading"] { font-size: 1.15em; font-weight: 650; }
[part~="bar"] { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5em 1em; }
[part~="byline"] { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6em; font-size: 0.9em; }
[part~="author"] { font-weight: 600; }
[part~="time"], [part~="edited"] { color: var(--_muted); }
[part~="owner"] { border: 1px solid currentcolor; border-radius: 0.4em; padding: 0 0.4em; font-size: 0.85em; color: var(--_accent); }
[part~="text"] { white-space: pre-wrap; margin-top: 0.3em; }
[part~="text"] + [part~="text"] { margin-top: 0.7em; }
[part~="notice"], [part~="deleted"] { color: var(--_muted); }
[part~="deleted"] { font-style: italic; }
[part~="replies"] { margin-top: 0.9em; padding-inline-start: 1em; border-inline-start: 2px solid var(--_line); }
a { color: var(--_accent); text-underline-offset: 0.18em; }
[part~="write"], button {
  display: inline-block;
  border: 1px solid var(--_line);
  border-radius: var(--chatapp-radius, 0.6em);
  background: none;
  padding: 0.45em 0.9em;
  color: var(--_accent);
  font: inherit;
  text-decoration: none;
  cursor: pointer;
}
[part~="write"]:hover, button:hover { border-color: currentcolor; }
button { justify-self: start; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
@media (pointer: coarse) { [part~="write"], button { padding-block: 0.7em; } }
`;
