/** The site's addresses, in one place. */
export const routes = {
  /** A new conversation. The root is no page of the application: it is the published twin's. */
  newChat: "/chat",
  files: "/files",
  twin: "/twin",
  twinOf: (handle: string): string => (handle === "me" ? "/twin" : `/twin?twin=${encodeURIComponent(handle)}`),
  insights: "/insights",
  people: "/people",
  moderation: "/moderation",
  section: (id: string): string => `/sections/${encodeURIComponent(id)}`,
  conversationPattern: "/c/:id" as const,
  conversation: (id: string): string => `/c/${encodeURIComponent(id)}`,
};

/** Which section a path is the page of; null: of none. */
export function sectionOf(path: string): string | null {
  const [, id] = /^\/sections\/([^/]+)\/?$/.exec(path) ?? [];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return null;
  }
}
