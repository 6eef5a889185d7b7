/** The linter holds the zones for every import but those that are made while the site runs. */
import { describe, expect, it } from "vitest";

import { zones } from "../../zones.mjs";

const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

const dynamicImports = Object.entries(sources).flatMap(([path, text]) =>
  [...text.matchAll(/\bimport\(\s*"([^"]+)"/g)].map((match) => ({ file: path.replace("../", "src/"), imported: match[1] ?? "" })),
);

const forbidden = (file: string, imported: string): boolean =>
  zones.some(({ folder, patterns }) => file.startsWith(`${folder}/`) && patterns.some(({ regex }) => new RegExp(regex).test(imported)));

describe("imports that are made while the site runs", () => {
  it("are found, and keep to the zones", () => {
    expect(dynamicImports.map(({ imported }) => imported)).toContain("@/features/files/components/FilesPage");
    expect(dynamicImports.filter(({ file, imported }) => forbidden(file, imported))).toEqual([]);
  });

  it("are refused against them", () => {
    expect(forbidden("src/features/chat/x.ts", "@/features/files")).toBe(true);
    expect(forbidden("src/features/chat/components/x.ts", "../../files/api/files")).toBe(true);
    expect(forbidden("src/lib/x.ts", "@/ui/Button")).toBe(true);
    expect(forbidden("src/features/chat/x.ts", "./markdown/text")).toBe(false);
  });
});
