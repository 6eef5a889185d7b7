/** Somebody's own page on another origin, with the comments of a section on it, under the strictest policies there are. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page } from "@playwright/test";

import { stage } from "./stage";

/** As `deploy/settings.toml` allows them to stages of this machine: the site leads back there. */
export const PORTS = [8090, 8091, 8092, 8093];

export interface Portfolio {
  url: string;
  host: string;
  close(): Promise<void>;
}

const policy = [
  "default-src 'none'",
  `script-src ${new URL(stage.site_url).origin}`,
  `connect-src ${new URL(stage.api_url).origin}`,
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const html = (section: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>A portfolio</title>
  </head>
  <body>
    <main>
      <h1>A portfolio</h1>
      <chatapp-comments section="${section}"></chatapp-comments>
    </main>
    <script src="${stage.site_url}/embed.js" async></script>
  </body>
</html>`;

export async function servePortfolio(section: string): Promise<Portfolio> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy, "cache-control": "no-store" });
    response.end(html(section));
  });
  for (const port of PORTS) if (await listens(server, port)) return portfolio(server);
  throw new Error(`No port of ${PORTS.join(", ")} is free for a page on another origin.`);
}

function portfolio(server: Server): Portfolio {
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/work?a=1`,
    host,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const listens = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });

/** Whether nothing of a page is wider than its screen. */
export const fits = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
