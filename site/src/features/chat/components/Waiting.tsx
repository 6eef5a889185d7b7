/** Three dots: something is coming. The label is for screen readers, and is not read by itself. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className="flex h-7 items-center gap-1.5">
      <span className="sr-only">{label}</span>
      {["", "[animation-delay:160ms]", "[animation-delay:320ms]"].map((delay) => (
        <span key={delay} className={`animate-pulse-dot size-2 rounded-full bg-accent ${delay}`} aria-hidden="true" />
      ))}
    </div>
  );
}
