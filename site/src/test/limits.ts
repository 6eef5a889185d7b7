import type { Limits } from "@/lib/config";

export const limits: Limits = {
  file_bytes: 50 * 1024 * 1024,
  files_a_message: 20,
  text_bytes: 300_000,
  text_characters: 100_000,
  title_characters: 200,
  comment_characters: 2_000,
  name_characters: 40,
  // Not what the API has, so that a time of the site's own would show.
  undo_s: 20,
  retention_days: 90,
};
