/**
 * Whether a key belongs to an input method, as for Chinese, Japanese or Korean: it confirms or leaves what is being
 * composed, and means nothing to the page. Safari ends the composition before it tells of the key; there only the key's
 * code, 229, still says so. https://developer.mozilla.org/en-US/docs/Web/API/Element/keydown_event
 */
export const isOfInputMethod = (event: { isComposing?: boolean; keyCode?: number }): boolean =>
  event.isComposing === true || event.keyCode === 229;
