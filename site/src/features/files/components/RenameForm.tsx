import type { File as StoredFile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { problemText } from "@/entities/files/fileText";
import { nameRefusal } from "@/entities/files/validate";
import { NameForm } from "@/ui/NameForm";

import { useFileActions } from "../api/actions";

export function RenameForm({ file, onClose }: { file: StoredFile; onClose: () => void }) {
  const t = useT();
  const language = useLanguage();
  const actions = useFileActions();
  // The ending says what the file is, and is rarely what is meant.
  const end = file.name.lastIndexOf(".");
  return (
    <NameForm
      label={t.files.page.name}
      name={file.name}
      selected={end > 0 ? end : file.name.length}
      problemOf={(name) => {
        const problem = nameRefusal(name);
        return problem && problemText({ t, language }, problem);
      }}
      onSave={(name) => actions.rename(file, name)}
      onClose={onClose}
    />
  );
}
