/** embed.js: the element for foreign pages, as one classic script whose name stays, beside the site in dist/. */
import { fileURLToPath, URL } from "node:url";

import { defineConfig } from "vite";

import { elementBudget } from "./elementBudget";

export default defineConfig({
  plugins: [elementBudget(15)],
  publicDir: false,
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/embed/main.ts", formats: ["iife"], name: "chatappComments", fileName: () => "embed.js" },
  },
});
