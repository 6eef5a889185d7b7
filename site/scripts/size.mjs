// Prints what the browser downloads, gzipped, and fails when the part needed for the first screen outgrows its budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const INITIAL_JS_BUDGET_KB = 130;

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const gzipKb = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000;

const initial = new Set();
function addStatic(key) {
  const chunk = manifest[key];
  if (initial.has(chunk.file)) return;
  initial.add(chunk.file);
  for (const imported of chunk.imports ?? []) addStatic(imported);
}
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) addStatic(key);

const scripts = [...new Set(Object.values(manifest).map((chunk) => chunk.file))].filter((file) => file.endsWith(".js"));
const styles = [...new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []))];
let initialKb = 0;
for (const file of scripts) {
  const kb = gzipKb(file);
  if (initial.has(file)) initialKb += kb;
  console.log(`${initial.has(file) ? "initial" : "lazy   "}  ${kb.toFixed(1).padStart(7)} KB  ${file}`);
}
for (const file of styles) console.log(`style    ${gzipKb(file).toFixed(1).padStart(7)} KB  ${file}`);
for (const file of ["embed.js", "twin.js"]) console.log(`element  ${gzipKb(file).toFixed(1).padStart(7)} KB  ${file}`);
console.log(`initial JS ${initialKb.toFixed(1)} KB gzip, budget ${INITIAL_JS_BUDGET_KB} KB`);
if (initialKb > INITIAL_JS_BUDGET_KB) process.exit(1);
