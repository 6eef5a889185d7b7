export { createSession, Session, type SessionState } from "./api/session";
export { isMember, isOwner, type Groups, type Identity, type Provider } from "./api/provider";
export { SignInPage } from "./components/SignInPage";
export { SessionContext, useIdentity, useSession } from "./context";
