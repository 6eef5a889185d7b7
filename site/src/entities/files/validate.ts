/** Refuses, before anything is uploaded, what the server is sure to refuse. Pure. */
import type { Limits } from "@/lib/config";

import { isConvertible, unreadableKind } from "./kinds";
import type { Problem } from "./problems";

/** What file systems take. */
const MAX_NAME_BYTES = 255;

// Marks that turn the direction of writing: "fdp.exe" can be shown as "exe.pdf". Then controls and line separators.
// oxlint-disable-next-line no-control-regex
const MISLEADING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/u;
const PATH_SEPARATOR = /[/\\]/;

/** Why a file cannot be uploaded; null: nothing is known against it. Images that may be converted will show whether they can. */
export function refusal(file: { name: string; size: number }, { file_bytes }: Limits): Problem | null {
  const name = nameRefusal(file.name);
  if (name) return name;
  const problem = isConvertible(file.name) ? null : unreadable(file.name);
  if (problem) return problem;
  if (file.size === 0) return { code: "file_empty", message: "" };
  return file.size > file_bytes ? { code: "file_too_large", message: "", limit_bytes: file_bytes } : null;
}

/** Why a file of this name cannot be read; null: it may be. */
export function unreadable(name: string): Problem | null {
  const kind = unreadableKind(name);
  return kind ? { code: `unreadable_${kind}`, message: "" } : null;
}

/** Why a file does not fit into a message any more. */
export const tooManyFiles = ({ files_a_message }: Limits): Problem => ({ code: "too_many_files", message: "", limit_files: files_a_message });

/** Why a file cannot be called this; null: it can. */
export function nameRefusal(name: string): Problem | null {
  if (PATH_SEPARATOR.test(name)) return { code: "name_has_separator", message: "" };
  const isLong = new TextEncoder().encode(name).length > MAX_NAME_BYTES;
  const isEmpty = ["", ".", ".."].includes(name.trim());
  return isLong || isEmpty || MISLEADING.test(name) ? { code: "name_not_allowed", message: "" } : null;
}
