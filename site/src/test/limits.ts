import type { Limits } from "@/lib/config";

export const limits: Limits = { file_bytes: 50 * 1024 * 1024, files_a_message: 20, text_characters: 100_000, title_characters: 200 };
