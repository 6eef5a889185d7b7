/** Who may import whom under src/, as patterns of what an import may not name; the linter holds them. */
import { readdirSync } from "node:fs";

const LAYERS = ["app", "features", "session", "entities", "ui", "i18n", "lib", "api"];
const BESIDE_THE_LAYERS = ["embed", "twin-element", "main.tsx", "styles", "styles.css", "test"];

const entries = (folder) =>
  readdirSync(`${import.meta.dirname}/${folder}`, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));

for (const { name } of entries("src")) {
  if (![...LAYERS, ...BESIDE_THE_LAYERS].includes(name)) throw new Error(`src/${name} is in no layer: see zones.mjs.`);
}
for (const entry of entries("src/features")) {
  if (!entry.isDirectory()) throw new Error(`src/features/${entry.name} is in no feature: see zones.mjs.`);
}

/** Imports of folders of src, by the alias, from the root or by a relative path of any depth. */
const from = (folders, message) => ({
  regex: `^(@/|/?src/|(\\.{1,2}/)*\\.\\./(src/)?)(${folders.join("|")})(/|$)`,
  message,
});

const upwards = (layer) => {
  const above = LAYERS.slice(0, LAYERS.indexOf(layer));
  return above.length > 0 ? [from(above, `Imports run one way: ${LAYERS.join(" → ")}.`)] : [];
};

const features = entries("src/features").map(({ name }) => name);

/** What several features show is in `entities`, what outlives a page in `session`. */
const beside = (feature) => {
  const others = features.filter((other) => other !== feature);
  return [from([...others, ...others.map((other) => `features/${other}`)], "No feature imports another.")];
};

/** The other patterns read a path by its start, so it has to say there where it goes. */
export const everywhere = { regex: "(^|/)[^./][^/]*/\\.{1,2}(/|$)", message: "A path goes up at its start alone." };

/** From `main.tsx`, which stands beside it, `./test` too. */
export const onlyInTests = {
  regex: "^(@/|/?src/|\\./|(\\.{1,2}/)*\\.\\./(src/)?)test(/|$)",
  message: "What is in src/test is for tests alone.",
};

/** What foreign pages load brings nothing along but what is pure. */
const embed = [
  from(["main", ...LAYERS.filter((layer) => !["lib", "api"].includes(layer))], "The element stands by itself."),
  { regex: "^(?!@/|/|src/|\\.)", message: "The element has no packages." },
];

/** The twin streams as the chat does, by the same pure modules: what the server says is checked by their one package. */
const twinElement = [
  from(
    ["main", "embed", "app", "features", "ui", "i18n", "session(?!/socketClient$)", "entities(?!/answers/)"],
    "The element takes what is pure: lib, api, answers and the socket.",
  ),
  { regex: "^(?!@/|/|src/|\\.)", message: "The element has no packages." },
];

export const zones = [
  { folder: "src/twin-element", patterns: twinElement },
  { folder: "src/embed", patterns: embed },
  ...LAYERS.filter((layer) => layer !== "features").map((layer) => ({ folder: `src/${layer}`, patterns: upwards(layer) })),
  ...features.map((feature) => ({ folder: `src/features/${feature}`, patterns: [...upwards("features"), ...beside(feature)] })),
];
