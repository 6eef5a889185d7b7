/** What was quoted, where it cannot be shown in its place. */
export function Quote({ text }: { text: string }) {
  return <blockquote className="border-l-2 border-accent pl-3 text-sm wrap-anywhere whitespace-pre-line text-muted">{text.trim()}</blockquote>;
}
