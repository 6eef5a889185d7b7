/** The linter holds the zones for every import of the site; here, what their patterns refuse and what they let through. */
import { describe, expect, it } from "vitest";

import { everywhere, onlyInTests, zones } from "../../zones.mjs";

const refused = (file: string, imported: string): boolean => {
  const patterns = zones.filter(({ folder }) => file.startsWith(`${folder}/`)).flatMap((zone) => zone.patterns);
  return [everywhere, onlyInTests, ...patterns].some(({ regex }) => new RegExp(regex).test(imported));
};

describe("an import is refused", () => {
  it.each([
    ["of a layer above", "src/lib/x.ts", "@/ui/Button"],
    ["of a layer above, by a relative path", "src/entities/files/ui/x.ts", "../../../session/runtime"],
    ["of a layer above, from the root", "src/lib/x.ts", "src/ui/Button"],
    ["of another feature", "src/features/chat/x.ts", "@/features/files"],
    ["of another feature, by a relative path", "src/features/chat/components/x.ts", "../../files/api/files"],
    ["of another feature, round the features' folder", "src/features/chat/x.ts", "../../features/viewer/flow"],
    ["of a fake", "src/features/chat/x.ts", "../../test/fakeFileServer"],
    ["of a fake, from beside it", "src/main.tsx", "./test/fakeFileServer"],
    ["of the site, by the element for foreign pages", "src/embed/x.ts", "@/ui/Button"],
    ["of a package, by the element", "src/embed/x.ts", "react"],
    ["of the outbox, by the twin's element", "src/twin-element/x.ts", "@/session/outbox"],
    ["of the socket's neighbour, by the twin's element", "src/twin-element/x.ts", "@/session/socketClientOfMine"],
    ["of files, by the twin's element", "src/twin-element/x.ts", "@/entities/files/fileText"],
    ["of a package, by the twin's element", "src/twin-element/x.ts", "react"],
    ["by a path that turns", "src/features/chat/x.ts", "@/features/chat/../viewer/flow"],
  ])("%s", (_, file, imported) => {
    expect(refused(file, imported)).toBe(true);
  });
});

describe("an import goes through", () => {
  it.each([
    ["of a layer below", "src/ui/x.ts", "@/lib/store"],
    ["of a layer below, by a relative path", "src/features/chat/components/x.ts", "../../../session/runtime"],
    ["of a feature, from the app", "src/app/x.ts", "@/features/files"],
    ["of a feature's own modules", "src/features/chat/components/x.ts", "../markdown/text"],
    ["of a subject beside it", "src/entities/conversations/x.ts", "../files/kinds"],
    ["of what is pure, by the element", "src/embed/x.ts", "@/lib/plainText"],
    ["of the socket, by the twin's element", "src/twin-element/x.ts", "@/session/socketClient"],
    ["of the reducer, by the twin's element", "src/twin-element/x.ts", "@/entities/answers/answerReducer"],
    ["of its own, by the element", "src/embed/x.ts", "./texts"],
    ["of a package", "src/api/x.ts", "@tanstack/react-query"],
  ])("%s", (_, file, imported) => {
    expect(refused(file, imported)).toBe(false);
  });
});
