import { ChatappComments } from "./element";

// A page may load the script twice.
if (!customElements.get("chatapp-comments")) customElements.define("chatapp-comments", ChatappComments);
