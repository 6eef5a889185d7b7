import type { TwinSummary } from "@/api/types";
import { useTwinTexts } from "@/i18n/twin";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/Menu";

interface TwinMenuProps {
  handle: string;
  twins: readonly TwinSummary[];
  onOpen: (handle: string) => void;
  onAnother: () => void;
}

/** Which of several twins is worked on, and a new one. */
export function TwinMenu({ handle, twins, onOpen, onAnother }: TwinMenuProps) {
  const texts = useTwinTexts();
  if (twins.length === 0) return null;
  return (
    <Menu
      label={texts.which}
      triggerClassName="flex min-h-9 [@media(pointer:coarse)]:min-h-11 items-center gap-1 rounded-lg px-2.5 text-sm text-muted hover:bg-hover hover:text-ink"
      trigger={
        <>
          <bdi className="max-w-40 truncate">{handle}</bdi>
          <Icon name="chevronDown" size={16} />
        </>
      }
      items={[
        ...twins.map((twin) => ({ label: twin.handle, description: twin.name, checked: twin.handle === handle, onSelect: () => onOpen(twin.handle) })),
        { label: texts.another, icon: "plus" as const, onSelect: onAnother },
      ]}
    />
  );
}
