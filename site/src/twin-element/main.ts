import { ChatappTwin } from "./element";

// A page may load the script twice.
if (!customElements.get("chatapp-twin")) customElements.define("chatapp-twin", ChatappTwin);
