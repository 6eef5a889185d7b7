/** The twin's own element, as it stands on any page: its script comes when it is first shown. */

interface TwinElementProps {
  handle: string;
  /** Of a visit to the draft. */
  "preview-token"?: string;
  language?: string;
  class?: string;
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
