/** The focus goes to the next row, or where there is none to the search, before a row goes. */
export function focusBeside(row: Element | null | undefined, control: string): void {
  if (!row) return;
  const controlIn = (other: Element | null): HTMLElement | null => other?.querySelector<HTMLElement>(control) ?? null;
  const beside = controlIn(row.nextElementSibling) ?? controlIn(row.previousElementSibling);
  (beside ?? row.closest("main")?.querySelector<HTMLElement>("[type=search]"))?.focus();
}
