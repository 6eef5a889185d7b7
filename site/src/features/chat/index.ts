export { ChatPage } from "./components/ChatPage";
export { ChatContext, useChat } from "./context";
export { ChatRuntime } from "@/session/runtime";
export { useAttachedFiles } from "./useAttachedFiles";
