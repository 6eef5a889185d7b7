/** Code to coloured parts, as a tree and never as HTML. A lazy chunk: only answers with code load it. */
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

export interface Scope {
  /** The first part of highlight.js's scope: "title" of "title.function". */
  scope: string;
  children: Highlighted;
}

export type Highlighted = (string | Scope)[];

/** What highlight.js writes its result into; the interface of its own TokenTreeEmitter. */
class TreeEmitter {
  readonly root: Highlighted = [];
  readonly #open: Highlighted[] = [this.root];

  addText(text: string): void {
    if (text) this.#open.at(-1)?.push(text);
  }

  startScope(name: string): void {
    const node: Scope = { scope: (name.split(".")[0] ?? name).replace(/^language:.*/, "language"), children: [] };
    this.#open.at(-1)?.push(node);
    this.#open.push(node.children);
  }

  endScope(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  openNode(name: string): void {
    this.startScope(name);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: TreeEmitter): void {
    this.#open.at(-1)?.push(...emitter.root);
  }

  closeAllNodes(): void {
    this.#open.length = 1;
  }

  finalize(): void {
    this.closeAllNodes();
  }

  toHTML(): string {
    return "";
  }
}

const instance = highlighter.newInstance();
const languages = { bash, cpp, css, go, java, javascript, json, python, rust, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(languages)) instance.registerLanguage(name, language);
instance.registerAliases(["shell", "console", "zsh"], { languageName: "bash" });
instance.registerAliases(["tsx"], { languageName: "typescript" });
instance.registerAliases(["jsonc", "json5"], { languageName: "json" });
// The typed options leave the emitter out; highlight.js documents it for exactly this use.
instance.configure({ __emitter: TreeEmitter } as unknown as Parameters<typeof instance.configure>[0]);

/** The parts of a piece of code; null when its language is not among those on board. */
export function highlight(code: string, language: string): Highlighted | null {
  const name = language.toLowerCase();
  if (!instance.getLanguage(name)) return null;
  const result = instance.highlight(code, { language: name, ignoreIllegals: true });
  // oxlint-disable-next-line no-underscore-dangle -- highlight.js names it so.
  return (result._emitter as unknown as TreeEmitter).root;
}
