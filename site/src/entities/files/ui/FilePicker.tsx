import { useRef } from "react";

import { Button, IconButton } from "@/ui/Button";

interface FilePickerProps {
  label: string;
  onFiles: (files: File[]) => void;
  /** Whether the label is written out. */
  isWide?: boolean;
}

/** A button that opens the system's choice of files. */
export function FilePicker({ label, onFiles, isWide }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const open = (): void => input.current?.click();
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        tabIndex={-1}
        aria-label={label}
        className="hidden"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      {isWide ? (
        <Button icon="upload" isSmall onClick={open}>
          {label}
        </Button>
      ) : (
        <IconButton icon="paperclip" label={label} className="rounded-full!" onClick={open} />
      )}
    </>
  );
}
