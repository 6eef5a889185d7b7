import type { ApiClient } from "@/api/client";

import { filePath } from "./endpoints";

/** Save the original. The address says that it is an attachment, so the page stays where it is. */
export async function downloadFile(api: ApiClient, fileId: string): Promise<void> {
  const { url } = await api.get<{ url: string }>(`${filePath(fileId)}/content`);
  const link = Object.assign(document.createElement("a"), { href: url, rel: "noopener noreferrer" });
  link.click();
}
