import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import "@/test/readableFiles";

import { readArchive } from "./archive";
import { decode, readTable } from "./table";
import { ArchiveError, MOST_ENTRIES } from "./zip";

type Files = Record<string, string | Uint8Array>;

const PROFILE = 'First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary\nAda,Lovelace,Byron,"12 St James’s Square",10 Dec,Analyst,"Line one\nline two, with ""quotes"""\n';
const POSITIONS = "Company Name,Title,Description,Location,Started On,Finished On\nEngines Ltd,Analyst,,London,Jan 1840,Dec 1843\n";

const bytesOf = (files: Files): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, typeof text === "string" ? strToU8(text) : text]));
const zipped = (files: Files): Uint8Array<ArrayBuffer> => new Uint8Array(zipSync(bytesOf(files)));
const archive = (files: Files): File => new File([zipped(files)], "LinkedInDataExport.zip");
const read = (files: Files) => readArchive(archive(files));
const rowsOf = async (files: Files, name: string) => (await read(files)).files.find(({ file }) => file === name)?.rows;
const problem = async (file: Blob): Promise<string> => {
  const error: unknown = await readArchive(file).catch((caught: unknown) => caught);
  return error instanceof ArchiveError ? error.problem : `none: ${String(error)}`;
};

/** A file that counts what is read of it. */
class Counted extends Blob {
  loaded = 0;
  readonly #inner: Blob;
  readonly #size: number;
  readonly #shift: number;

  /** The archive's bytes stand at the end of `size` bytes. */
  constructor(inner: Blob, size = inner.size) {
    super([]);
    this.#inner = inner;
    this.#size = size;
    this.#shift = size - inner.size;
  }

  override get size(): number {
    return this.#size;
  }

  override slice(from = 0, to = this.#size): Blob {
    this.loaded += to - from;
    if (from >= this.#shift) return this.#inner.slice(from - this.#shift, to - this.#shift);
    const zeros = new Uint8Array(Math.min(to, this.#shift) - from);
    return new Blob([zeros, ...(to > this.#shift ? [this.#inner.slice(0, to - this.#shift)] : [])]);
  }
}

/** Where the archive's parts begin, moved: as if so many bytes stood before them. */
function moved(bytes: Uint8Array<ArrayBuffer>, by: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    const signature = view.getUint32(at, true);
    const field = signature === 0x02014b50 ? at + 42 : signature === 0x06054b50 ? at + 16 : null;
    if (field !== null) view.setUint32(field, view.getUint32(field, true) + by, true);
  }
  return bytes;
}

describe("an archive", () => {
  it("gives the columns that are allowed, of the files that are allowed, and the owner's name", async () => {
    const found = await read({ "Profile.csv": PROFILE, "Positions.csv": POSITIONS, "messages.csv": "FROM,CONTENT\nBob,secret\n" });
    expect(found.ownerName).toBe("Ada Lovelace");
    expect(found.files.map(({ file, rows }) => [file, rows])).toEqual([
      ["Profile", [{ "First Name": "Ada", "Last Name": "Lovelace", Headline: "Analyst", Summary: 'Line one\nline two, with "quotes"' }]],
      ["Positions", [{ "Company Name": "Engines Ltd", Title: "Analyst", Location: "London", "Started On": "Jan 1840", "Finished On": "Dec 1843" }]],
    ]);
    expect(found.files[0]?.leftOut).toEqual(["Maiden Name", "Address", "Birth Date"]);
    expect(found.unread).toEqual(["messages.csv"]);
    expect(found.missing).toContain("Education");
    expect(JSON.stringify(found)).not.toMatch(/secret|Byron|James|10 Dec/);
  });

  it("is read in French, with other names of files and columns", async () => {
    const french = "Prénom,Nom,Adresse,Titre du profil\nAda,Lovelace,12 place Saint-James,Analyste\n";
    const files = { "Profil.csv": french, "Recommandations_reçues.csv": "Prénom,Nom,Texte\nCharles,Babbage,Brillante\n", "Formation.csv": "Nom de l’école,Date de début\nÀ la maison,1828\n" };
    const found = await read(files);
    expect(found.ownerName).toBe("Ada Lovelace");
    expect(found.files.map(({ file, rows }) => [file, rows[0]])).toEqual([
      ["Profile", { "First Name": "Ada", "Last Name": "Lovelace", Headline: "Analyste" }],
      ["Education", { "School Name": "À la maison", "Start Date": "1828" }],
      ["Recommendations Received", { "First Name": "Charles", "Last Name": "Babbage", Text: "Brillante" }],
    ]);
  });

  it("may stand in a folder; what a system put beside it is no file of it", async () => {
    const found = await read({ "Basic_Export/Profile.csv": PROFILE, "__MACOSX/._Profile.csv": "x", "Basic_Export/.DS_Store": "x", "Basic_Export/Old/Profile.csv": "First Name,Last Name\nBob,B\n" });
    expect(found.ownerName).toBe("Ada Lovelace");
    expect(found.unread).toEqual(["Basic_Export/Old/Profile.csv"]);
  });

  it("has nothing taken from a path that leads out of it", async () => {
    const found = await read({ "Profile.csv": PROFILE, "../Positions.csv": POSITIONS, "/etc/Skills.csv": "Name\nRoot\n", "C:\\Education.csv": "School Name,Notes\nX,Y\n" });
    expect(found.files.map(({ file }) => file)).toEqual(["Profile"]);
    expect(found.outside).toEqual(["../Positions.csv", "/etc/Skills.csv", "C:\\Education.csv"]);
  });

  it("tells empty files and those of another shape", async () => {
    const found = await read({ "Profile.csv": PROFILE, "Skills.csv": "Name\n", "Languages.csv": "", "Positions.csv": "Account,Balance\nSavings,12\n" });
    expect(found.empty).toEqual(["Skills.csv", "Languages.csv"]);
    expect(found.foreign).toEqual(["Positions.csv"]);
  });

  it("gives articles as text, without what a page could do", async () => {
    const html = "<html><head><title>T</title><style>p{}</style></head><body><h1>On engines</h1><p>One.</p><p>Two.</p><script>steal()</script><img src=x onerror=steal()></body></html>";
    expect(await rowsOf({ "Profile.csv": PROFILE, "Articles/Articles/on-engines.html": html, "Media/other.html": "<p>no</p>" }, "Articles")).toEqual([
      { Title: "On engines", Text: "One.\nTwo." },
    ]);
  });

  it("names the link and the day of an article, and the member by a number", async () => {
    const html = '<body><h1><a href="https://www.linkedin.com/pulse/levels">Levels</a></h1><p class="created">Created on 2018-05-30 09:12</p><p class="published">Published on 2018-06-01 08:00</p><p>One.</p></body>';
    const files = { "Articles/levels.html": html, "Shares_252701747.csv": "Date,ShareCommentary\n2019-01-02,Hello\n" };
    expect(await rowsOf(files, "Articles")).toEqual([{ Title: "Levels", Url: "https://www.linkedin.com/pulse/levels", "Published On": "2018-06-01", Text: "One." }]);
    expect(await rowsOf(files, "Shares")).toEqual([{ Date: "2019-01-02", ShareCommentary: "Hello" }]);
  });

  it("takes so many rows, and says how many more there are", async () => {
    const many = `Name\n${Array.from({ length: 310 }, (_, n) => `Skill ${n}`).join("\n")}\n`;
    const found = await read({ "Skills.csv": many });
    expect(found.files[0]).toMatchObject({ beyond: 10 });
    expect(found.files[0]?.rows).toHaveLength(300);
  });

  it("is read by slices: of 200 MB, little more than what is asked for", async () => {
    const size = 200 * 1024 ** 2;
    const bytes = zipped({ "Profile.csv": PROFILE, "messages.csv": "x".repeat(100_000) });
    const counted = new Counted(new Blob([moved(bytes, size - bytes.length)]), size);
    expect((await readArchive(counted)).ownerName).toBe("Ada Lovelace");
    expect(counted.loaded).toBeLessThan(100_000);
  });
});

describe("what is refused", () => {
  it.each([
    ["no zip", new Blob(["First Name,Last Name\n"]), "not_a_zip"],
    ["nothing", new Blob([]), "not_a_zip"],
    ["another zip", archive({ "photo.jpg": "x", "notes.csv": "a,b\n" }), "not_linkedin"],
    ["more than a gigabyte", new Counted(archive({ "Profile.csv": PROFILE }), 1024 ** 3 + 1), "too_large"],
    ["more files than any has", archive(Object.fromEntries(Array.from({ length: MOST_ENTRIES + 1 }, (_, n) => [`${n}.txt`, ""]))), "too_many_files"],
  ])("%s", async (_, file, why) => {
    expect(await problem(file)).toBe(why);
  });

  it("a bomb that says what it is, before any of it is unpacked", async () => {
    const bomb = new Counted(archive({ "Profile.csv": PROFILE, "Positions.csv": new Uint8Array(33 * 1024 ** 2) }));
    expect(await problem(bomb)).toBe("unpacks_too_large");
    // The end and the directory; no entry's own header.
    expect(bomb.loaded).toBeLessThan(bomb.size + 1_000);
  });

  it("many files that are too much together", async () => {
    const part = new Uint8Array(12 * 1024 ** 2);
    expect(await problem(archive({ "Profile.csv": PROFILE, "Positions.csv": part, "Skills.csv": part, "Education.csv": part }))).toBe("unpacks_too_large");
  });

  it("a bomb that lies about its size, at the first byte more", async () => {
    const bytes = zipped({ "Profile.csv": new Uint8Array(5 * 1024 ** 2) });
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 4 <= bytes.length; at += 1) if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    expect(await problem(new Blob([bytes]))).toBe("unpacks_too_large");
  });

  it("an archive that was cut off, damaged or locked", async () => {
    const bytes = zipped({ "Profile.csv": PROFILE.repeat(50) });
    expect(await problem(new Blob([bytes.slice(0, -30)]))).toBe("not_a_zip");
    const damaged = bytes.slice();
    damaged.fill(0xff, 60, 90);
    expect(await problem(new Blob([damaged]))).toBe("broken");
    const locked = bytes.slice();
    const view = new DataView(locked.buffer);
    for (let at = 0; at + 4 <= locked.length; at += 1) if (view.getUint32(at, true) === 0x02014b50) view.setUint16(at + 8, 1, true);
    expect(await problem(new Blob([locked]))).toBe("encrypted");
  });
});

describe("a table", () => {
  const skills = (text: string) => readTable(text, "Skills")?.rows;
  const positions = (text: string) => readTable(text, "Positions")?.rows;

  it("has notes before its header", () => {
    expect(positions(`Notes:\n"These are your positions, and\nmore lines"\n\n${POSITIONS}`)?.[0]).toMatchObject({ Title: "Analyst" });
  });

  it("may end its lines otherwise than the notes before it, which may be called like a column", () => {
    expect(positions(`Title:\r\n"These are your positions, and\nmore"\r\n\r\n${POSITIONS}`)?.[0]).toMatchObject({ "Company Name": "Engines Ltd", Title: "Analyst" });
    expect(skills(`Name\r\n"Notes, of one column"\r\nNotes`)).toHaveLength(2);
  });

  it("has the columns that it is known by, however they are written", () => {
    expect(readTable("nom de l'ecole;DATE_DE_DEBUT\nÀ la maison;1828\n", "Education")?.rows).toEqual([{ "School Name": "À la maison", "Start Date": "1828" }]);
    expect(readTable("Title,Company Name,Other\nCompany Name,Title,Started On\nA,B,Jan 1840\n", "Positions")?.rows, "the row with the most").toEqual([{ "Company Name": "A", Title: "B", "Started On": "Jan 1840" }]);
  });

  it("begins with a mark, or is in UTF-16 or in an older code", () => {
    const utf16 = new Uint8Array([0xff, 0xfe, ..."Name\nÉtude".split("").flatMap((sign) => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8])]);
    const older = new Uint8Array([..."Name\n"].map((sign) => sign.charCodeAt(0)).concat(0xc9, 0x74, 0x75, 0x64, 0x65));
    for (const bytes of [strToU8("\ufeffName\nÉtude"), utf16, older]) expect(skills(decode(bytes))).toEqual([{ Name: "Étude" }]);
  });

  it("may have been saved again by a spreadsheet: semicolons, tabs, other line ends", () => {
    for (const sign of [";", "\t"]) expect(positions(POSITIONS.replaceAll(",", sign).replaceAll("\n", "\r\n"))).toHaveLength(1);
  });

  it("is another one when its columns are others'", () => {
    expect(readTable("Account,Balance\nSavings,12\n", "Positions")).toBeNull();
    expect(readTable("Title,Balance\nSavings,12\n", "Positions")).toBeNull();
  });

  it("has values that are no longer than is taken, whole signs of them", () => {
    expect(skills(`Name\n${"😀".repeat(6_000)}\n`)).toEqual([{ Name: "😀".repeat(5_000) }]);
  });
});
