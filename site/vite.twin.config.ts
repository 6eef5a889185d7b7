/** twin.js: the chat with a twin for any page, as one classic script whose name stays, beside the site in dist/. */
import { fileURLToPath, URL } from "node:url";

import { defineConfig } from "vite";

import { elementBudget } from "./elementBudget";

export default defineConfig({
  // Less than what a page may load before the chat is opened (30 KB), with embed.js beside it on the published page.
  plugins: [elementBudget(22, ["valibot"])],
  publicDir: false,
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/twin-element/main.ts", formats: ["iife"], name: "chatappTwin", fileName: () => "twin.js" },
  },
});
