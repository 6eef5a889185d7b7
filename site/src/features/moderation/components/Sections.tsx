/** What can be commented on: titles and addresses, open or closed, and the code for the owner's own pages. */
import { useId, useState, type SyntheticEvent } from "react";
import { Link } from "wouter";

import type { CountedSection } from "@/api/types";
import { commentErrorText } from "@/entities/comments/problems";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { showError } from "@/entities/errors/showError";
import { useLanguage, useT } from "@/i18n";
import { commentTexts, useCommentTexts } from "@/i18n/comments";
import { formatCount } from "@/lib/format";
import { routes } from "@/lib/routes";
import { useFocusBack } from "@/lib/useFocusBack";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { Field } from "@/ui/Field";
import { Skeleton } from "@/ui/Skeleton";
import { showToast } from "@/ui/toasts";

import { usePutSection, useSections } from "../api/moderation";

/** As the API takes them. */
const ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}";

export function Sections() {
  const t = useT();
  const texts = useCommentTexts().sections;
  const { data, isPending, isError, error, refetch } = useSections();
  if (isPending) return <Skeleton className="h-24" />;
  if (isError && !data) return <LoadFailed text={texts.loadFailed} error={error} onRetry={refetch} />;
  return (
    <div className="space-y-5">
      <p className="text-sm text-muted">{texts.lead}</p>
      {data.sections.length === 0 ? (
        <p className="text-muted">{texts.empty}</p>
      ) : (
        <ul aria-label={texts.title} className="divide-y divide-line">
          {data.sections.map((section) => (
            <SectionRow key={section.section_id} section={section} />
          ))}
        </ul>
      )}
      <NewSection key={data.sections.length} busyLabel={t.app.loading} />
    </div>
  );
}

function SectionRow({ section }: { section: CountedSection }) {
  const all = useCommentTexts();
  const texts = all.sections;
  const language = useLanguage();
  const put = usePutSection();
  const [isEdited, setEdited] = useState(false);
  const toggle = (): void =>
    put.mutate(
      { ...section, open: !section.open },
      {
        onSuccess: ({ title, open }) => {
          const { opened, closed } = commentTexts.now().sections;
          showToast({ text: open ? opened(title) : closed(title), subject: section.section_id });
        },
        onError: (error) => showError(commentErrorText(error), error),
      },
    );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
      <div className="min-w-0 flex-1 basis-48">
        <Link href={routes.section(section.section_id)} dir="auto" className="font-medium wrap-anywhere hover:underline">
          {section.title}
        </Link>
        <p className="text-sm wrap-anywhere text-muted">
          {section.section_id} · {all.count(section.visible, formatCount(language, section.visible))}
        </p>
      </div>
      <Button isSmall variant="quiet" aria-label={texts.editOf(section.title)} aria-expanded={isEdited} onClick={() => setEdited(!isEdited)}>
        {texts.edit}
      </Button>
      <CopyButton label={`${texts.snippet}: ${section.section_id}`} text={snippet(section.section_id)} />
      <Button isSmall disabled={put.isPending} onClick={toggle}>
        {section.open ? texts.close : texts.reopen}
      </Button>
      {isEdited && <EditSection section={section} onClose={() => setEdited(false)} />}
    </li>
  );
}

function EditSection({ section, onClose }: { section: CountedSection; onClose: () => void }) {
  const t = useT();
  const texts = useCommentTexts().sections;
  const put = usePutSection();
  const focusBack = useFocusBack();
  const close = (): void => {
    focusBack.goBack();
    onClose();
  };
  const [title, setTitle] = useState(section.title);
  const [url, setUrl] = useState(section.url);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    put.mutate(
      { ...section, title: title.trim(), url: url.trim() },
      {
        onSuccess: (saved) => {
          showToast({ text: commentTexts.now().sections.saved(saved.title), subject: saved.section_id });
          close();
        },
      },
    );
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Where the focus came from.
    <form aria-label={texts.editOf(section.title)} className="w-full space-y-3 rounded-xl border border-line bg-raised p-4" onFocus={focusBack.onFocus} onSubmit={submit}>
      <Field label={texts.name} required maxLength={200} autoComplete="off" value={title} onValue={setTitle} />
      <Field label={texts.url} type="url" required maxLength={1_000} autoComplete="off" value={url} onValue={setUrl} />
      {put.error && <Alert>{commentErrorText(put.error)}</Alert>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" isSmall variant="primary" disabled={put.isPending}>
          {put.isPending ? t.app.loading : texts.save}
        </Button>
        <Button isSmall variant="quiet" onClick={close}>
          {t.app.cancel}
        </Button>
      </div>
    </form>
  );
}

const snippet = (id: string): string =>
  `<script src="${window.location.origin}/embed.js" async></script>\n<chatapp-comments section="${id}"></chatapp-comments>`;

function NewSection({ busyLabel }: { busyLabel: string }) {
  const texts = useCommentTexts().sections;
  const heading = useId();
  const put = usePutSection();
  const [id, setId] = useState("");
  const [title, setTitle] = useState("");
  const [url, setUrl] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    put.mutate(
      { section_id: id.trim(), title: title.trim(), url: url.trim(), open: true },
      { onSuccess: (section) => showToast({ text: commentTexts.now().sections.saved(section.title) }) },
    );
  };
  return (
    <form aria-labelledby={heading} className="space-y-3 rounded-xl border border-line bg-raised p-4" onSubmit={submit}>
      <h2 id={heading} className="font-medium">
        {texts.add}
      </h2>
      <div className="grid gap-3 wide:grid-cols-2">
        <Field label={texts.id} hint={texts.idHint} required pattern={ID_PATTERN} maxLength={64} autoComplete="off" spellCheck={false} value={id} onValue={setId} />
        <Field label={texts.name} required maxLength={200} autoComplete="off" value={title} onValue={setTitle} />
      </div>
      <Field label={texts.url} type="url" required maxLength={1_000} autoComplete="off" placeholder="https://" value={url} onValue={setUrl} />
      {put.error && <Alert>{commentErrorText(put.error)}</Alert>}
      <Button type="submit" isSmall variant="primary" disabled={put.isPending}>
        {put.isPending ? busyLabel : texts.save}
      </Button>
    </form>
  );
}
