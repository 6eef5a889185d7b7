/** Who may import whom under src/, as patterns of what an import may not name; the linter and a test hold them. */
import { readdirSync } from "node:fs";

const LAYERS = ["app", "features", "session", "entities", "ui", "i18n", "lib", "api"];

/** Imports of folders of src, by the alias or by a relative path of any depth. */
const from = (folders, message) => ({ regex: `^(@|(\\.{1,2}/)*\\.\\.)/(src/)?(${folders.join("|")})(/|$)`, message });

const upwards = (layer) => {
  const above = LAYERS.slice(0, LAYERS.indexOf(layer));
  return above.length > 0 ? [from(above, `Imports run one way: ${LAYERS.join(" → ")}.`)] : [];
};

const features = readdirSync(`${import.meta.dirname}/src/features`);

/** What several features show is in `entities`, what outlives a page in `session`. */
const beside = (feature) => {
  const others = features.filter((other) => other !== feature);
  return [from([...others, ...others.map((other) => `features/${other}`)], "No feature imports another.")];
};

export const onlyInTests = from(["test"], "What is in src/test is for tests alone.");

export const zones = [
  ...LAYERS.filter((layer) => layer !== "features").map((layer) => ({ folder: `src/${layer}`, patterns: upwards(layer) })),
  ...features.map((feature) => ({ folder: `src/features/${feature}`, patterns: [...upwards("features"), ...beside(feature)] })),
];
