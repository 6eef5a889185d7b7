export { createSession, Session, type SessionState } from "./api/session";
export type { Identity, Provider } from "./api/provider";
export { SignInPage } from "./components/SignInPage";
export { SessionContext, useIdentity, useSession } from "./context";
