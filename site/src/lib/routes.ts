/** The site's addresses, in one place. */
export const routes = {
  newChat: "/",
  files: "/files",
  conversationPattern: "/c/:id" as const,
  conversation: (id: string): string => `/c/${encodeURIComponent(id)}`,
};
