/**
 * The element's look: the page's own letters and colours of its own, by these variables or by parts. Light and dark follow
 * the page's `color-scheme`; `theme="dark"` or "light" chooses for this element alone. Nothing moves but where motion is wanted.
 */
export const STYLE = `
:host {
  --_paper: var(--chatapp-paper, light-dark(#fbfaf7, #191816));
  --_raised: var(--chatapp-raised, light-dark(#ffffff, #22201e));
  --_ink: var(--chatapp-ink, light-dark(#211f1b, #ebe8e1));
  --_muted: var(--chatapp-muted, light-dark(#67625a, #a8a297));
  --_line: var(--chatapp-line, light-dark(#d5d0c4, #3d3a35));
  --_accent: var(--chatapp-accent, light-dark(#0e5f55, #67c7b5));
  --_on-accent: var(--chatapp-on-accent, light-dark(#ffffff, #0b2621));
  --_radius: var(--chatapp-radius, 0.75em);
  font: var(--chatapp-font, inherit);
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
p, ol, ul, h2, h3 { margin: 0; padding: 0; }
ol, ul { list-style: none; }
[part~="launcher"] {
  position: var(--chatapp-twin-position, fixed);
  inset-block-end: max(1rem, env(safe-area-inset-bottom));
  inset-inline-end: 1rem;
  z-index: var(--chatapp-twin-layer, 2147483000);
  box-shadow: 0 2px 12px rgb(0 0 0 / 0.2);
}
button, [part~="send"] {
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_raised);
  padding: 0.5em 0.9em;
  color: var(--_accent);
  font: inherit;
  line-height: 1.3;
  cursor: pointer;
}
button:hover { border-color: currentcolor; }
button:disabled { opacity: 0.6; cursor: default; }
[part~="launcher"], [part~="send"] { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
dialog {
  position: fixed;
  inset: 0 0 0 auto;
  z-index: var(--chatapp-twin-layer, 2147483000);
  width: var(--chatapp-twin-width, min(26rem, 100vw));
  height: 100dvh;
  max-width: none;
  max-height: none;
  margin: 0;
  border: 0;
  border-inline-start: 1px solid var(--_line);
  padding: 0;
  overflow: hidden;
  background: var(--_paper);
  color: var(--_ink);
  line-height: 1.5;
  text-align: start;
}
dialog[open], dialog:popover-open { display: flex; flex-direction: column; }
dialog::backdrop { background: none; }
dialog.sheet::backdrop { background: rgb(0 0 0 / 0.4); }
dialog.sheet {
  inset: auto 0 0;
  width: 100%;
  height: min(92dvh, 100dvh - 2rem);
  border: 0;
  border-start-start-radius: 1rem;
  border-start-end-radius: 1rem;
}
header, form, footer, [part~="notice"] { flex: none; padding: 0.75em 1em; }
header { display: flex; align-items: start; justify-content: space-between; gap: 1em; border-block-end: 1px solid var(--_line); }
h2 { font-size: 1.1em; line-height: 1.3; overflow-wrap: anywhere; }
h3 { font-size: 0.8em; font-weight: 600; color: var(--_muted); }
[part~="about"], [part~="consent"], [part~="hint"], [part~="status"], [part~="visits"] { font-size: 0.85em; color: var(--_muted); }
[part~="thread"] { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1em; display: grid; gap: 1.1em; align-content: start; overflow-wrap: anywhere; }
[part~="questions"], [part~="exchange"], [part~="answer"], [part~="suggestions"] { display: grid; gap: 0.6em; min-width: 0; }
[part~="questions"] { gap: 1.4em; }
[part~="question"] { justify-self: end; max-width: 90%; border-radius: var(--_radius); background: color-mix(in srgb, var(--_accent) 12%, var(--_paper)); padding: 0.5em 0.8em; white-space: pre-wrap; }
[part~="text"] { white-space: pre-wrap; }
[part~="suggestion"] { width: 100%; text-align: start; }
[part~="citation"] { display: inline-block; min-width: 1.5em; margin-inline-start: 0.15em; border-radius: 0.4em; background: color-mix(in srgb, var(--_accent) 14%, var(--_paper)); padding: 0 0.35em; font-size: 0.75em; line-height: 1.6; text-align: center; text-decoration: none; vertical-align: 0.2em; }
[part~="sources"] { display: grid; gap: 0.2em; font-size: 0.85em; }
[part~="actions"] { display: flex; flex-wrap: wrap; gap: 0.5em; font-size: 0.85em; }
[part~="rate"][aria-pressed="true"] { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
svg { display: block; width: 1.35em; height: 1.35em; }
a { color: var(--_accent); text-underline-offset: 0.18em; }
[part~="notice"] { border-block-start: 1px solid var(--_line); }
[part~="notice"]:empty { display: none; }
form { display: grid; gap: 0.4em; border-block-start: 1px solid var(--_line); }
[part~="row"] { display: flex; align-items: end; gap: 0.5em; }
textarea { flex: 1; min-width: 0; min-height: 2.75em; max-height: 9em; resize: none; field-sizing: content; border: 1px solid var(--_muted); border-radius: var(--_radius); background: var(--_raised); padding: 0.55em 0.75em; color: inherit; font: inherit; font-size: max(1em, 16px); }
footer { padding-block-start: 0; padding-block-end: max(0.75em, env(safe-area-inset-bottom)); }
details { display: inline; }
summary { display: inline; color: var(--_accent); font-size: 0.85em; text-decoration: underline; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
[part~="visits"] { overflow-wrap: anywhere; }
[part~="choices"] { display: grid; gap: 0.5em; padding-block-start: 0.6em; font-size: 0.9em; }
label { display: flex; align-items: center; gap: 0.6em; }
input[type="checkbox"] { width: 1.15em; height: 1.15em; flex: none; accent-color: var(--_accent); }
.flat { display: contents; }
.heard { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (pointer: coarse) { button, [part~="send"] { min-height: 2.75em; } label { min-height: 2.2em; } }
@media (prefers-reduced-motion: no-preference) {
  dialog { animation: rise 160ms ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(0.5rem); } }
}
@media (forced-colors: active) { dialog, [part~="question"], [part~="citation"] { border: 1px solid; } }
@media print { :host { display: none; } }
`;
