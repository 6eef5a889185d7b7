import { useT } from "@/i18n";
import { IconButton } from "@/ui/Button";

export interface VersionsProps {
  position: number;
  count: number;
  onChoose: (position: number) => void;
}

/** Leafs through the versions of a message. */
export function Versions({ position, count, onChoose }: VersionsProps) {
  const t = useT();
  return (
    <div role="group" aria-label={t.chat.version(position, count)} className="flex items-center text-sm text-muted">
      <IconButton
        icon="chevronLeft"
        size="small"
        label={t.chat.previousVersion}
        disabled={position === 1}
        onClick={() => onChoose(position - 1)}
      />
      <span className="tabular-nums" aria-hidden="true">
        {position}/{count}
      </span>
      <IconButton
        icon="chevronRight"
        size="small"
        label={t.chat.nextVersion}
        disabled={position === count}
        onClick={() => onChoose(position + 1)}
      />
    </div>
  );
}
