/** The twin's own element, as it stands on any page: its script comes when it is first shown. */
import type { ReactNode } from "react";

import type { TwinProfile } from "@/api/types";

interface TwinElementProps {
  handle: string;
  lang: string;
  /** Of a visit to the draft, whose profile nobody else can read. */
  "preview-token": string;
  profile: TwinProfile;
  /** What opens it, in the place of its own button. */
  children: ReactNode;
}

declare module "react" {
  // oxlint-disable-next-line typescript/no-namespace -- How React is told of an element.
  namespace JSX {
    interface IntrinsicElements {
      "chatapp-twin": TwinElementProps;
    }
  }
}

const SCRIPT = "/twin.js";

export async function loadTwinElement(): Promise<void> {
  if (customElements.get("chatapp-twin")) return;
  // Imported and not put into the page: a script's address would need a policy of trusted types.
  await import(/* @vite-ignore */ SCRIPT);
}
