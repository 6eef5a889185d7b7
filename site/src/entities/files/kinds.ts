/** What a file's name says about it: whether it can be read at all, and how it is drawn. The server looks at the bytes. */
import type { File as StoredFile } from "@/api/types";

/** Kinds that cannot be read, each with an advice of its own. */
export type UnreadableKind =
  | "program"
  | "archive"
  | "media"
  | "oldWord"
  | "oldSheet"
  | "openDocument"
  | "otherDocument"
  | "mailbox"
  | "image"
  | "database";

// Not those that other kinds have as well: .doc and .xls (web pages, tables), .dot, .pot, .pub, .key, .msg, .ps, .com.
// Of these the server looks at the bytes.
const EXTENSIONS: Readonly<Record<UnreadableKind, string>> = {
  program: "exe dll msi scr app dmg pkg deb rpm apk ipa jar class so dylib o bin wasm pyc",
  archive: "zip rar 7z tar gz tgz bz2 xz zst iso img",
  media: "mp4 m4v mov avi mkv webm wmv mpg mpeg 3gp mp3 m4a wav aac ogg oga opus flac wma aiff",
  oldWord: "wps pages",
  oldSheet: "xlsb numbers",
  openDocument: "odg",
  otherDocument: "mobi azw3 djvu one vsd vsdx mpp",
  mailbox: "mbox pst ost",
  image: "heic heif avif tif tiff bmp ico psd ai raw cr2 nef dng jxl",
  database: "sqlite sqlite3 db mdb accdb parquet feather",
};

const KIND_BY_EXTENSION: ReadonlyMap<string, UnreadableKind> = new Map(
  (Object.keys(EXTENSIONS) as UnreadableKind[]).flatMap((kind) =>
    EXTENSIONS[kind].split(" ").map((extension) => [extension, kind] as const),
  ),
);

/** All that is refused by its name; the server refuses the same. */
export const UNREADABLE_EXTENSIONS: readonly string[] = [...KIND_BY_EXTENSION.keys()];

/** The end of a name after its last dot, in lower case; "" where there is none. */
export const extensionOf = (name: string): string => (name.includes(".") ? (name.split(".").at(-1) ?? "").toLowerCase() : "");

export const unreadableKind = (name: string): UnreadableKind | null => KIND_BY_EXTENSION.get(extensionOf(name)) ?? null;

/** Images that the browser makes others of, where it can. */
const CONVERTIBLE: ReadonlySet<string> = new Set(["heic", "heif", "avif", "tif", "tiff", "bmp", "ico"]);

export const isConvertible = (name: string): boolean => CONVERTIBLE.has(extensionOf(name));

/** What a file is read in, as people call it; the API says pages of all of them. */
export type Unit = "page" | "slide" | "part";

const UNITS: Readonly<Record<string, Unit>> = { PDF: "page", PPTX: "slide", PPTM: "slide" };

/** By its format, or by its name until that is known. A document's sections, a sheet's rows and lines come in parts. */
export const unitOf = ({ name = "", format }: { name?: string; format?: string | null }): Unit =>
  UNITS[format || extensionOf(name).toUpperCase()] ?? "part";

export type FileIconName = "file" | "image" | "table" | "slides";

const ICON_BY_EXTENSION: Readonly<Record<string, FileIconName>> = {
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  xlsx: "table",
  xlsm: "table",
  csv: "table",
  tsv: "table",
  pptx: "slides",
  pptm: "slides",
};

export function fileIcon({ name, group }: { name: string; group?: StoredFile["group"] }): FileIconName {
  return group === "image" ? "image" : (ICON_BY_EXTENSION[extensionOf(name)] ?? "file");
}
