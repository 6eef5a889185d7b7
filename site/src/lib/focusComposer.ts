import { FINE_POINTER } from "./mediaQuery";

/** The message box's id: the skip link leads to it too. */
export const COMPOSER_ID = "message";

/** Put the focus into the message box, unless that would open a touch screen's keyboard. */
export function focusComposer(): void {
  if (window.matchMedia(FINE_POINTER).matches) document.getElementById(COMPOSER_ID)?.focus();
}
