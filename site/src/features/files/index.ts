export { removeFile, updateFile } from "./api/files";
export { ConversationFiles } from "./components/ConversationFiles";
export type { FilesPageProps } from "./components/FilesPage";
