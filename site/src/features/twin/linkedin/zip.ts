/**
 * A zip archive read by slices of its file: the directory at its end first, then the entries that are asked for and no
 * others. What is not asked for is never loaded, however large the archive is.
 * The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { Inflate } from "fflate";

/** Why an archive, or a file in it, cannot be read. */
export type ArchiveProblem = "not_a_zip" | "too_large" | "too_many_files" | "unpacks_too_large" | "encrypted" | "broken" | "not_linkedin";

export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly problem: ArchiveProblem;

  constructor(problem: ArchiveProblem) {
    super(problem);
    this.problem = problem;
  }
}

export interface ZipEntry {
  path: string;
  /** Bytes, as the archive says of itself: unpacked, and in the archive. */
  size: number;
  packedSize: number;
  method: number;
  isEncrypted: boolean;
  /** Where its own header begins. */
  offset: number;
}

export const MOST_ARCHIVE_BYTES = 1024 ** 3;
export const MOST_ENTRIES = 10_000;
/** Of one entry, and of all that are asked for: LinkedIn's tables are far smaller. */
export const MOST_UNPACKED_BYTES = 32 * 1024 ** 2;

const END = { signature: 0x06054b50, bytes: 22, mostComment: 0xffff };
const DIRECTORY = { signature: 0x02014b50, bytes: 46 };
const HEADER = { signature: 0x04034b50, bytes: 30 };
const MOST_DIRECTORY_BYTES = 8 * 1024 ** 2;
const STORED = 0;
const DEFLATED = 8;
/** Deflate makes at most 1,032 bytes of one: so much is unpacked between two looks at how much there is. */
const STEP_BYTES = 4 * 1024;
const SLICE_BYTES = 256 * 1024;

const bytesOf = async (file: Blob, from: number, to: number): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(from, Math.min(to, file.size)).arrayBuffer());

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** All that is in the archive. Throws ArchiveError; nothing was unpacked then. */
export async function listEntries(file: Blob): Promise<ZipEntry[]> {
  if (file.size > MOST_ARCHIVE_BYTES) throw new ArchiveError("too_large");
  const { count, size, offset } = await readEnd(file);
  if (count > MOST_ENTRIES) throw new ArchiveError("too_many_files");
  if (size > MOST_DIRECTORY_BYTES || offset + size > file.size) throw new ArchiveError("broken");
  return readDirectory(await bytesOf(file, offset, offset + size), count);
}

async function readEnd(file: Blob): Promise<{ count: number; size: number; offset: number }> {
  const tail = await bytesOf(file, Math.max(0, file.size - END.bytes - END.mostComment), file.size);
  const view = viewOf(tail);
  for (let at = tail.length - END.bytes; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END.signature) continue;
    return { count: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true) };
  }
  throw new ArchiveError("not_a_zip");
}

function readDirectory(bytes: Uint8Array, count: number): ZipEntry[] {
  const view = viewOf(bytes);
  const names = new TextDecoder();
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + DIRECTORY.bytes > bytes.length || view.getUint32(at, true) !== DIRECTORY.signature) throw new ArchiveError("broken");
    const nameEnd = at + DIRECTORY.bytes + view.getUint16(at + 28, true);
    entries.push({
      path: names.decode(bytes.subarray(at + DIRECTORY.bytes, nameEnd)),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Throws ArchiveError where these would be too much together, by what the archive says of itself. */
export function assertFit(entries: readonly ZipEntry[]): void {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MOST_UNPACKED_BYTES) throw new ArchiveError("unpacks_too_large");
}

/** An entry's bytes. Throws ArchiveError, at the first byte more than the archive has promised. */
export async function unpack(file: Blob, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.isEncrypted) throw new ArchiveError("encrypted");
  if (entry.size > MOST_UNPACKED_BYTES) throw new ArchiveError("unpacks_too_large");
  const header = await bytesOf(file, entry.offset, entry.offset + HEADER.bytes);
  if (header.length < HEADER.bytes || viewOf(header).getUint32(0, true) !== HEADER.signature) throw new ArchiveError("broken");
  const start = entry.offset + HEADER.bytes + viewOf(header).getUint16(26, true) + viewOf(header).getUint16(28, true);
  const end = start + entry.packedSize;
  if (end > file.size) throw new ArchiveError("broken");
  const out = new Output(entry.size);
  if (entry.method === STORED) out.add(await bytesOf(file, start, Math.min(end, start + entry.size + 1)));
  else if (entry.method === DEFLATED) await inflate(file, start, end, out);
  else throw new ArchiveError("broken");
  return out.whole();
}

async function inflate(file: Blob, start: number, end: number, out: Output): Promise<void> {
  const stream = new Inflate((chunk) => out.add(chunk));
  for (let from = start; from < end; from += SLICE_BYTES) {
    const slice = await bytesOf(file, from, Math.min(end, from + SLICE_BYTES));
    for (let at = 0; at < slice.length; at += STEP_BYTES) {
      const isLast = from + at + STEP_BYTES >= end;
      push(stream, slice.subarray(at, at + STEP_BYTES), isLast);
    }
  }
}

function push(stream: Inflate, bytes: Uint8Array, isLast: boolean): void {
  try {
    stream.push(bytes, isLast);
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError("broken");
  }
}

/** As many bytes as were promised. */
class Output {
  readonly #bytes: Uint8Array;
  #count = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  add(chunk: Uint8Array): void {
    if (this.#count + chunk.length > this.#bytes.length) throw new ArchiveError("unpacks_too_large");
    this.#bytes.set(chunk, this.#count);
    this.#count += chunk.length;
  }

  whole(): Uint8Array {
    if (this.#count !== this.#bytes.length) throw new ArchiveError("broken");
    return this.#bytes;
  }
}
