/** LinkedIn's "download your data", opened in the browser: only what the list allows is read, and the rest is named alone. */
import { allowed, allowedFile, type AllowedList } from "./list";
import { decode, readTable, type Row } from "./table";
import { ArchiveError, assertFit, listEntries, unpack, type ZipEntry } from "./zip";

export interface ReadFile {
  file: string;
  /** Of the page, which it tells of. */
  section: string;
  rows: Row[];
  /** Columns that were not taken. */
  leftOut: string[];
  /** Rows beyond the most that are taken. */
  beyond: number;
}

export interface Archive {
  /** As the archive's profile has it; "": it has none. */
  ownerName: string;
  files: ReadFile[];
  /** Files of the list that are not there. */
  missing: string[];
  /** Paths: without a row; of another shape than their name says; never opened; leading out of the archive. */
  empty: string[];
  foreign: string[];
  unread: string[];
  outside: string[];
}

type Candidate = { file: string; entry: ZipEntry; isPage: boolean };

const partsOf = (path: string): string[] => path.replaceAll("\\", "/").split("/");

/** Names that lead out of the folder that an archive is unpacked into. */
const isOutside = (path: string): boolean => /^[a-z]:/i.test(path) || partsOf(path).includes("..") || /^[/\\]/.test(path);

/** What systems put beside files, and folders themselves. */
const isNoFile = (path: string): boolean => path.endsWith("/") || partsOf(path).some((part) => part === "__MACOSX" || part.startsWith("."));

function candidateOf(entry: ZipEntry, list: AllowedList): Candidate | null {
  const parts = partsOf(entry.path);
  const [, name = "", ending = ""] = /^(.*)\.(\w+)$/.exec(parts.at(-1) ?? "") ?? [];
  if (ending.toLowerCase() === "csv") {
    const file = allowedFile(name, list);
    return file === null ? null : { file, entry, isPage: false };
  }
  if (ending.toLowerCase() !== "html") return null;
  const file = parts.slice(0, -1).flatMap((folder) => allowedFile(folder, list) ?? []).find((found) => list.files[found]?.html);
  return file === undefined ? null : { file, entry, isPage: true };
}

/** Throws ArchiveError. Nothing of the archive has left the browser then, or afterwards. */
export async function readArchive(file: Blob, list: AllowedList = allowed): Promise<Archive> {
  const entries = await listEntries(file);
  const inside = entries.filter(({ path }) => !isOutside(path) && !isNoFile(path));
  const candidates = chosen(inside, list);
  if (candidates.length === 0) throw new ArchiveError("not_linkedin");
  assertFit(candidates.map(({ entry }) => entry));
  const read = await readAll(file, candidates, list);
  const opened = new Set(candidates.map(({ entry }) => entry.path));
  return {
    ...read,
    missing: Object.keys(list.files).filter((name) => !candidates.some((one) => one.file === name)),
    unread: inside.filter(({ path }) => !opened.has(path)).map(({ path }) => path),
    outside: entries.filter(({ path }) => isOutside(path)).map(({ path }) => path),
  };
}

/** A table that is there twice is taken from the folder that is least deep. */
function chosen(entries: readonly ZipEntry[], list: AllowedList): Candidate[] {
  const found = entries.flatMap((entry) => candidateOf(entry, list) ?? []);
  const depth = ({ entry }: Candidate): number => partsOf(entry.path).length;
  const tables = new Map<string, Candidate>();
  const pages = new Map<string, Candidate[]>();
  for (const one of found.toSorted((a, b) => depth(a) - depth(b))) {
    if (one.isPage) pages.set(one.file, [...(pages.get(one.file) ?? []), one]);
    else if (!tables.has(one.file)) tables.set(one.file, one);
  }
  const most = (name: string): number => list.files[name]?.rows ?? 0;
  return [...tables.values(), ...[...pages].flatMap(([name, all]) => all.slice(0, most(name)))];
}

type Read = Pick<Archive, "ownerName" | "files" | "empty" | "foreign">;

async function readAll(file: Blob, candidates: readonly Candidate[], list: AllowedList): Promise<Read> {
  const files = new Map<string, ReadFile>();
  const empty: string[] = [];
  const foreign: string[] = [];
  for (const { file: name, entry, isPage } of candidates) {
    const text = decode(await unpack(file, entry));
    const table = isPage ? readPage(text, name, list) : readTable(text, name, list);
    if (table === null) (text.trim() === "" ? empty : foreign).push(entry.path);
    else if (table.rows.length === 0) empty.push(entry.path);
    else files.set(name, joined(files.get(name), { file: name, section: list.files[name]?.section ?? "", ...table }, list));
  }
  const profile = files.get("Profile")?.rows[0] ?? {};
  const ownerName = [profile["First Name"], profile["Last Name"]].filter(Boolean).join(" ");
  return { ownerName, files: fitted([...files.values()], list), empty, foreign };
}

function joined(before: ReadFile | undefined, more: ReadFile, list: AllowedList): ReadFile {
  const rows = [...(before?.rows ?? []), ...more.rows];
  const most = list.files[more.file]?.rows ?? 0;
  const beyond = (before?.beyond ?? 0) + more.beyond + Math.max(0, rows.length - most);
  return { ...more, rows: rows.slice(0, most), beyond };
}

const BLOCKS = "p, div, li, h1, h2, h3, h4, h5, h6, blockquote, pre, br, tr";

interface HtmlPolicy {
  createHTML: (html: string) => string;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: HtmlPolicy) => HtmlPolicy;
}

/** The site's security policy lets HTML be read by a named policy alone: https://www.w3.org/TR/trusted-types/ */
const articles = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("linkedin-articles", { createHTML: (html) => html });

/** An article as LinkedIn keeps it: a page, of which title, link, day and text are taken. No script of it runs, and nothing is loaded. */
function readPage(html: string, file: string, list: AllowedList): { rows: Row[]; leftOut: string[]; beyond: number } | null {
  const page = new DOMParser().parseFromString(articles?.createHTML(html) ?? html, "text/html");
  const heading = page.querySelector("h1");
  const title = (heading?.textContent ?? page.title).trim();
  const url = heading?.querySelector("a[href]")?.getAttribute("href") ?? "";
  const day = /\d{4}-\d\d-\d\d/.exec((page.querySelector("p.published") ?? page.querySelector("p.created"))?.textContent ?? "")?.[0] ?? "";
  for (const one of [heading, ...page.querySelectorAll("p.created, p.published")]) one?.remove();
  for (const one of page.querySelectorAll("script, style")) one.remove();
  for (const block of page.querySelectorAll(BLOCKS)) block.append("\n");
  const text = (page.body.textContent ?? "").replaceAll(/[ \t\u00a0]+/g, " ").replaceAll(/ ?\n[\n ]*/g, "\n").trim();
  const most = (column: string): number => list.files[file]?.characters?.[column] ?? list.limits.characters;
  const cut = (column: string, value: string): string => [...value].slice(0, most(column)).join("");
  if (text === "") return null;
  const told = Object.entries({ Title: title, Url: url, "Published On": day, Text: text }).filter(([, value]) => value !== "");
  return { rows: [Object.fromEntries(told.map(([column, value]) => [column, cut(column, value)]))], leftOut: [], beyond: 0 };
}

/** The list's last files, which are posts, give way where all together would be more than is taken. */
function fitted(files: ReadFile[], list: AllowedList): ReadFile[] {
  const order = Object.keys(list.files);
  let room = list.limits.total_characters;
  return files
    .toSorted((a, b) => order.indexOf(a.file) - order.indexOf(b.file))
    .map((file) => {
      const rows = file.rows.filter((row) => {
        const size = Object.values(row).reduce((sum, value) => sum + value.length, 0);
        if (size > room) return false;
        room -= size;
        return true;
      });
      return { ...file, rows, beyond: file.beyond + file.rows.length - rows.length };
    })
    .filter(({ rows }) => rows.length > 0);
}
