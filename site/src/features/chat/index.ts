export { ChatPage } from "./components/ChatPage";
export { ChatContext } from "./context";
export { ChatRuntime } from "./runtime";
