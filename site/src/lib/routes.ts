/** The site's addresses, in one place. */
export const routes = {
  /** A new conversation. The root is no page of the application: it is the published twin's. */
  newChat: "/chat",
  files: "/files",
  twin: "/twin",
  /** Where what was changed is published. */
  publicationOf: (handle: string): string => `/twin?${handle === "me" ? "" : `twin=${encodeURIComponent(handle)}&`}step=publish`,
  insights: "/insights",
  status: "/status",
  people: "/people",
  moderation: "/moderation",
  section: (id: string): string => `/sections/${encodeURIComponent(id)}`,
  conversationPattern: "/c/:id" as const,
  conversation: (id: string): string => `/c/${encodeURIComponent(id)}`,
};

/** The published page that a path means, as it is asked for; null: the path is the application's, which answers where no page is. */
export function publishedPageOf(path: string): string | null {
  const [, page] = /^\/(twin\/[^/]+(?:\/(?:fr|en))?|fr|en)\/?$/.exec(path) ?? [];
  return page === undefined ? null : `/${page}/`;
}

/** Without the slashes at its end, which are typed and mean nothing. */
export const trimmed = (path: string): string => path.replace(/(?<=.)\/+$/, "");

/** Which section a path is the page of; null: of none. */
export function sectionOf(path: string): string | null {
  const [, id] = /^\/sections\/([^/]+)\/?$/.exec(path) ?? [];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return null;
  }
}
