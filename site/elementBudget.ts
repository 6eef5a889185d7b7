/** What any page may load as an element: one file, within its budget, and none of the site's framework in it. */
import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";

/** packages: those that may come along, by name. */
export function elementBudget(kilobytes: number, packages: readonly string[] = []): Plugin {
  const isAllowed = (id: string): boolean =>
    !id.includes("/node_modules/") || packages.some((name) => id.includes(`/node_modules/${name}/`));
  return {
    name: "chatapp-element-budget",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      if (files.length > 1) this.error(`the element is one file, and not ${Object.keys(bundle).join(", ")}`);
      for (const file of files) {
        const kb = gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }).length / 1000;
        if (kb > kilobytes) this.error(`${file.fileName} has ${kb.toFixed(1)} KB gzip, more than its budget of ${kilobytes} KB`);
        const strangers = file.type === "chunk" ? file.moduleIds.filter((id) => !isAllowed(id)) : [];
        if (strangers.length > 0) this.error(`${file.fileName} brings along ${strangers.join(", ")}`);
      }
    },
  };
}
