import { Icon } from "@/ui/icons";

/** Over the page while files are dragged across it. */
export function DropOverlay({ text }: { text: string }) {
  return (
    <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-3xl border-2 border-dashed border-accent bg-paper/85">
      <p className="flex items-center gap-2.5 text-lg font-medium text-accent">
        <Icon name="paperclip" size={24} />
        {text}
      </p>
    </div>
  );
}
