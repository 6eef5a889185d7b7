export { useConversationActions } from "./api/actions";
export { findCached, insertCached, rereadLists, updateCached } from "./api/cache";
export { conversationKey, isGone, listsKey, useConversation } from "./api/conversations";
export { ConversationList } from "./components/ConversationList";
