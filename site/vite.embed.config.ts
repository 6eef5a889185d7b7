/** embed.js: the element for foreign pages, as one classic script whose name stays, beside the site in dist/. */
import { fileURLToPath, URL } from "node:url";
import { gzipSync } from "node:zlib";

import { defineConfig, type Plugin } from "vite";

const BUDGET_KB = 15;

/** What a foreign page downloads is looked at in every build. */
function budget(): Plugin {
  return {
    name: "chatapp-embed-budget",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        const kb = gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }).length / 1000;
        if (kb > BUDGET_KB) this.error(`${file.fileName} has ${kb.toFixed(1)} KB gzip, more than its budget of ${BUDGET_KB} KB`);
        if (Object.keys(bundle).length > 1) this.error(`the element is one file, and not ${Object.keys(bundle).join(", ")}`);
      }
    },
  };
}

export default defineConfig({
  plugins: [budget()],
  publicDir: false,
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/embed/main.ts", formats: ["iife"], name: "chatappComments", fileName: () => "embed.js" },
  },
});
