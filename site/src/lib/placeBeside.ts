const GAP_PX = 6;

/** Put a floating box below its anchor where there is room, else above it, and inside the window. It has to be fixed, so that no scroller clips it. */
export function placeBeside(box: HTMLElement, anchor: HTMLElement): void {
  const { top, bottom, left } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const fitsBelow = bottom + GAP_PX + height <= window.innerHeight - GAP_PX;
  box.style.top = `${fitsBelow ? bottom + GAP_PX : Math.max(GAP_PX, top - GAP_PX - height)}px`;
  box.style.left = `${Math.max(GAP_PX, Math.min(left, window.innerWidth - width - GAP_PX))}px`;
}
