/** Citations as the API sends them, for tests. */
import type { Citation, TextBlock } from "@/api/types";

export function citation(page: number, fields: Partial<Citation> = {}): Citation {
  return {
    file_id: "f1",
    name: "thesis.pdf",
    page,
    last_page: page,
    locator: { kind: "page", label: `page ${page}`, page },
    cited_text: `quoted from page ${page}`,
    ...fields,
  };
}

export const cited = (text: string, ...citations: Citation[]): TextBlock => ({ type: "text", text, citations });
