export { ChatPage } from "./components/ChatPage";
export { ChatContext, useChat } from "./context";
export { useAttachedFiles } from "./useAttachedFiles";
