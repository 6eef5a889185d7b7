import { useId } from "react";

import type { Topics as Grouped } from "@/api/types";
import { useLanguage } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { formatCount } from "@/lib/format";

import { formatDay } from "../format";

/** What visitors ask about. null: nothing was grouped. */
export function Topics({ topics }: { topics: Grouped | null }) {
  const id = useId();
  const texts = useInsightsTexts();
  const language = useLanguage();
  return (
    <section aria-labelledby={id} className="space-y-3">
      <h2 id={id} className="text-lg font-semibold tracking-tight">
        {texts.topics}
      </h2>
      <p className="text-sm text-muted">
        {topics === null || topics.topics.length === 0
          ? texts.topicsEmpty
          : texts.topicsLead(formatDay(language, topics.first_day), formatDay(language, topics.last_day))}
      </p>
      {topics && topics.topics.length > 0 && (
        <ol className="grid gap-2 wide:grid-cols-2">
          {topics.topics.map(({ title, questions, last_day: lastDay }) => (
            <li key={title} className="flex flex-wrap items-baseline gap-x-3 rounded-xl border border-line bg-raised px-3.5 py-2.5">
              <span dir="auto" className="min-w-0 flex-1 basis-40 font-medium wrap-anywhere">
                {title}
              </span>
              <span className="text-sm text-muted tabular-nums">
                {texts.topicQuestions(questions, formatCount(language, questions))}
                {lastDay > 0 && <> ({texts.topicLastDay(formatCount(language, lastDay))})</>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
