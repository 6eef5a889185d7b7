import { useRef } from "react";

import { Button } from "@/ui/Button";

interface ChooseFileProps {
  label: string;
  /** What the system's choice offers first; others can be chosen all the same. */
  accept: string;
  isBusy?: boolean;
  onFile: (file: File) => void;
}

/** A button that opens the system's choice of one file. */
export function ChooseFile({ label, accept, isBusy = false, onFile }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        tabIndex={-1}
        aria-label={label}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again.
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
      <Button icon="upload" isSmall disabled={isBusy} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
