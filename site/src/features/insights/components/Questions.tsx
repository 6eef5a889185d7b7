/** What the twin's sources do not say: questions that wait for the owner, and those that were dealt with. */
import { useEffect, useId, useRef, useState } from "react";
import { Link, useLocation } from "wouter";

import type { Question } from "@/api/types";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { useLanguage, useT } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { DOT, formatTime } from "@/lib/format";
import { routes } from "@/lib/routes";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Skeleton } from "@/ui/Skeleton";

import { useQuestionActions, useQuestions, type Status } from "../api/insights";
import { questionsCsv, saveCsv } from "../csv";
import { languageName } from "../format";
import { AnswerDialog } from "./AnswerDialog";

const STATES = ["open", "answered", "dismissed"] as const;

export function Questions({ handle }: { handle: string }) {
  const id = useId();
  const t = useT();
  const texts = useInsightsTexts().asked;
  const [, navigate] = useLocation();
  const [status, setStatus] = useState<Status>("open");
  const [answered, setAnswered] = useState<Question | null>(null);
  const list = useQuestions(handle, status);
  const actions = useQuestionActions(handle, () => navigate(routes.publicationOf(handle)));
  const root = useRef<HTMLElement>(null);
  const questions = list.data?.pages.flatMap((page) => page.questions).filter((one) => one.status === status) ?? [];
  const leave = ({ question_id: one }: Question): void => focusBeside(root.current, one);
  const wasAnswered = useRef(false);
  useEffect(() => {
    // Its button, where the focus was to go back to, has left with it.
    if (!wasAnswered.current || answered || document.activeElement !== document.body) return;
    wasAnswered.current = false;
    root.current?.focus();
  });
  return (
    <section ref={root} tabIndex={-1} aria-labelledby={id} className="space-y-3 outline-none">
      <h2 id={id} className="text-lg font-semibold tracking-tight">
        {texts.title}
      </h2>
      <p className="text-sm text-muted">{texts.lead}</p>
      <Choice label={texts.choose} options={STATES.map((value) => ({ value, label: texts.states[value] }))} value={status} onChange={setStatus} />
      {list.isPending && <Skeleton className="h-24" />}
      {list.isError && <LoadFailed text={texts.loadFailed} error={list.error} onRetry={list.refetch} />}
      {list.isSuccess && questions.length === 0 && !list.hasNextPage && <p className="py-4 text-center text-muted">{texts.empty[status]}</p>}
      {questions.length > 0 && (
        <ol aria-label={texts.list} className="space-y-3" aria-busy={list.isPlaceholderData}>
          {questions.map((question) => (
            <li key={question.question_id}>
              <Item
                handle={handle}
                question={question}
                onAnswer={() => setAnswered(question)}
                onDismiss={() => {
                  leave(question);
                  actions.dismiss(question);
                }}
                onReopen={() => {
                  leave(question);
                  actions.reopen(question);
                }}
              />
            </li>
          ))}
        </ol>
      )}
      <div className="flex flex-wrap gap-2">
        {questions.length > 0 && (
          <Button isSmall icon="download" onClick={() => saveCsv(`questions-${handle}-${status}.csv`, questionsCsv(questions))}>
            {texts.csv}
          </Button>
        )}
        {list.hasNextPage && (
          <Button isSmall variant="quiet" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {list.isFetchingNextPage ? t.app.loading : texts.loadMore}
          </Button>
        )}
      </div>
      {answered && (
        <AnswerDialog
          question={answered}
          onSubmit={async (note) => {
            await actions.answer.mutateAsync({ question: answered, ...note });
            wasAnswered.current = true;
          }}
          onClose={() => setAnswered(null)}
        />
      )}
    </section>
  );
}

interface ItemProps {
  handle: string;
  question: Question;
  onAnswer: () => void;
  onDismiss: () => void;
  onReopen: () => void;
}

function Item({ handle, question, onAnswer, onDismiss, onReopen }: ItemProps) {
  const texts = useInsightsTexts().asked;
  const language = useLanguage();
  return (
    <article
      tabIndex={-1}
      data-id={question.question_id}
      aria-label={texts.question(question.text)}
      className="space-y-2.5 rounded-xl border border-line bg-raised p-3.5 focus:outline-2 focus:outline-accent"
    >
      <p dir="auto" className="whitespace-pre-line wrap-anywhere">
        {question.text}
      </p>
      <p className="text-sm text-muted">
        <time dateTime={question.asked_at}>{formatTime(language, question.asked_at)}</time>
        {question.language !== "" && `${DOT}${languageName(language, question.language)}`}
      </p>
      {question.status === "answered" && (
        <p className="text-sm">
          {texts.inDraft}{" "}
          <Link href={routes.publicationOf(handle)} className="text-accent underline underline-offset-2">
            {texts.toPublish}
          </Link>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {question.status !== "answered" && (
          <Button isSmall variant="primary" onClick={onAnswer}>
            {texts.answer}
          </Button>
        )}
        <Button isSmall onClick={question.status === "open" ? onDismiss : onReopen}>
          {question.status === "open" ? texts.dismiss : texts.reopen}
        </Button>
      </div>
    </article>
  );
}

/** The focus goes to the next question, or the one before, or waits in the section, when one leaves the list. */
function focusBeside(root: HTMLElement | null, id: string): void {
  const articles = [...(root?.querySelectorAll<HTMLElement>("article") ?? [])];
  const at = articles.findIndex((article) => article.dataset["id"] === id);
  (articles[at + 1] ?? articles[at - 1] ?? root)?.focus();
}
