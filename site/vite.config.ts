import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, URL } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The same variable as the deployment's own, for a second local stage beside the usual one.
const buildPath = process.env["CHATAPP_BUILD_DIR"] ?? fileURLToPath(new URL("../.build", import.meta.url));
const configPath = join(buildPath, "local", "site.json");

/** The development server's /config.json: the local stage's own, with the REST API of `chalice local` behind /api. */
function developmentConfig(): Plugin {
  return {
    name: "chatapp-development-config",
    configureServer(server) {
      server.middlewares.use("/config.json", (_request, response) => {
        try {
          const deployed = JSON.parse(readFileSync(configPath, "utf8")) as object;
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify({ ...deployed, api_url: "/api", socket_url: null }));
        } catch {
          response.statusCode = 404;
          response.end("No local stage yet: run ./deploy.sh local first.");
        }
      });
    },
  };
}

/** In a deployment the published page stands at the root, and app.html serves the rest. */
function rootLeadsToTheChat(): Plugin {
  return {
    name: "chatapp-root",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (new URL(request.url ?? "", "http://localhost").pathname !== "/") return next();
        response.writeHead(302, { Location: "/chat" }).end();
      });
    },
  };
}

/** Of KaTeX's fonts, the one format that every browser of these years reads. */
function woff2Only(): Plugin {
  return {
    name: "chatapp-woff2-only",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("katex.min.css")) return null;
      return { code: code.replace(/,url\([^)]*\) format\("(?:woff|truetype)"\)/gu, ""), map: null };
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), woff2Only(), developmentConfig(), rootLeadsToTheChat()],
  resolve: {
    alias: {
      // The server's own list of what may be read of LinkedIn's archive.
      "@linkedin": fileURLToPath(new URL("../chatapp/chalicelib/twin/linkedin.json", import.meta.url)),
      "@": fileURLToPath(new URL("./src", import.meta.url)),
    },
  },
  build: {
    target: "es2022",
    // Inlined assets would be data: URLs, which the site's content security policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    manifest: true,
  },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".", "../chatapp/chalicelib/twin"] },
    proxy: {
      "/api": {
        target: process.env["CHATAPP_API_PROXY"] ?? "http://127.0.0.1:8000",
        rewrite: (path) => path.replace(/^\/api/, ""),
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Machines that build are busy: a slow test is not a broken one.
    testTimeout: 30_000,
  },
});
