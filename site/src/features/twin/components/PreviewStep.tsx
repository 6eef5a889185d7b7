/** The draft as a visitor would have it: the page, and the chat through a visit of its own. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useApi } from "@/api/context";
import { TWIN_SECTIONS, type TwinDraft, type TwinPreview, type TwinProfile } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { useTwinTexts } from "@/i18n/twin";
import { DOT } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { loadTwinElement } from "../api/element";
import { preview } from "../api/endpoints";
import { twinErrorText } from "../api/problems";
import { Card } from "./Card";

export function PreviewStep({ draft }: { draft: TwinDraft }) {
  const t = useT();
  const texts = useTwinTexts().preview;
  const api = useApi();
  const made = useMutation({ mutationFn: () => preview(api, draft.handle) });
  // The one before stays until there is another.
  const [shown, setShown] = useState<TwinPreview | null>(null);
  const show = (): void => made.mutate(undefined, { onSuccess: setShown });
  return (
    <div className="space-y-5">
      <p className="text-muted">{texts.lead}</p>
      <Button variant={shown ? "secondary" : "primary"} isSmall disabled={made.isPending} onClick={show}>
        {made.isPending ? t.app.loading : shown ? texts.again : texts.show}
      </Button>
      {made.error && <Alert>{twinErrorText(made.error)}</Alert>}
      {shown && (
        <>
          <Card title={texts.page}>
            <Profile profile={shown.profile} />
          </Card>
          <Card title={texts.chat}>
            <Chat key={shown.visit_id} preview={shown} />
          </Card>
        </>
      )}
    </div>
  );
}

function Profile({ profile }: { profile: TwinProfile }) {
  const texts = useTwinTexts();
  const sections = TWIN_SECTIONS.map((name) => ({
    section: name,
    entries: profile.sections.flatMap(({ section, entries }) => (section === name ? entries : [])),
  })).filter(({ entries }) => entries.length > 0);
  return (
    <article className="space-y-4">
      <header>
        <p dir="auto" className="text-lg font-semibold tracking-tight wrap-anywhere">{profile.name}</p>
        {profile.headline && <p dir="auto" className="wrap-anywhere text-muted">{profile.headline}</p>}
      </header>
      {sections.length === 0 && <p className="text-muted">{texts.preview.empty}</p>}
      {sections.map(({ section, entries }) => (
        <section key={section} aria-label={texts.sections[section]} className="space-y-2">
          <h4 className="font-medium">{texts.sections[section]}</h4>
          <ul className="space-y-2 border-l border-line pl-3">
            {entries.map((entry) => (
              <li key={entry.entry_id} dir="auto" className="text-sm wrap-anywhere">
                <p className="font-medium">{entry.title}</p>
                <p className="text-muted">{[entry.subtitle, entry.start, entry.end, entry.place].filter(Boolean).join(DOT)}</p>
                {entry.text && <p className="whitespace-pre-line">{entry.text}</p>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </article>
  );
}

function Chat({ preview: { token, profile } }: { preview: TwinPreview }) {
  const t = useT();
  const texts = useTwinTexts().preview;
  const language = useLanguage();
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  useEffect(() => {
    let isGone = false;
    const tell = (next: "ready" | "failed"): void => {
      if (!isGone) setState(next);
    };
    loadTwinElement().then(
      () => tell("ready"),
      () => tell("failed"),
    );
    return () => {
      isGone = true;
    };
  }, []);
  if (state === "failed") return <Alert>{texts.chatFailed}</Alert>;
  if (state === "loading") return <p role="status" className="text-muted">{t.app.loading}</p>;
  return (
    <chatapp-twin handle={profile.handle} preview-token={token} lang={language} profile={profile}>
      <Button isSmall icon="chat">
        {texts.chatOpen}
      </Button>
    </chatapp-twin>
  );
}
