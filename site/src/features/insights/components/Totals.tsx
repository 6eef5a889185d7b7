import type { Counted } from "@/api/types";
import { Fact } from "@/entities/charts/Fact";
import { useLanguage } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { formatCount, formatUsd } from "@/lib/format";

import { formatSeconds, formatShare } from "../format";

/** The period in numbers. */
export function Totals({ totals }: { totals: Counted }) {
  const texts = useInsightsTexts();
  const language = useLanguage();
  const count = (number: number): string => formatCount(language, number);
  return (
    <section aria-label={texts.totals}>
      <dl className="grid grid-cols-2 gap-3 wide:grid-cols-4">
        <Fact name={texts.visits}>{count(totals.visits)}</Fact>
        <Fact name={texts.questions}>{count(totals.questions)}</Fact>
        <Fact name={texts.answers}>{count(totals.answers)}</Fact>
        <Fact name={texts.unsourced} more={formatShare(language, totals.unsourced, totals.answers)}>
          {count(totals.unsourced)}
        </Fact>
        <Fact name={texts.ratings}>{texts.ratingsOf(count(totals.up), count(totals.down))}</Fact>
        <Fact
          name={texts.cost}
          more={totals.questions > 0 ? texts.perQuestion(formatUsd(language, totals.cost_usd / totals.questions)) : null}
        >
          {formatUsd(language, totals.cost_usd)}
        </Fact>
        <Fact
          name={texts.firstWord}
          more={totals.first_word && texts.firstWordMost(formatSeconds(language, totals.first_word.p95_ms))}
        >
          {totals.first_word ? formatSeconds(language, totals.first_word.p50_ms) : texts.none}
        </Fact>
      </dl>
    </section>
  );
}
