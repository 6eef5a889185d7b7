// What the browser makes of LinkedIn's archives, for tests in Python: the site's own reader on every zip of a folder.
// node scripts/readArchives.mjs FOLDER: prints JSON, by file: its name, then what readArchive gives.
import { openAsBlob, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { JSDOM } from "jsdom";
import { loadConfigFromFile, runnerImport } from "vite";

const inSite = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

globalThis.DOMParser = new JSDOM().window.DOMParser;
const loaded = await loadConfigFromFile({ command: "serve", mode: "test" }, inSite("vite.config.ts"));
const { module } = await runnerImport(inSite("src/features/twin/linkedin/archive.ts"), { resolve: loaded.config.resolve });

const [folder] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith(".zip"));
const read = await Promise.all(names.map(async (name) => [name, await module.readArchive(await openAsBlob(join(folder, name)))]));
console.log(JSON.stringify(Object.fromEntries(read)));
