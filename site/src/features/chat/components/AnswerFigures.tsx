import type { Message } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { formatCount, formatUsd } from "@/lib/format";
import { useModels } from "@/session/messages";
import { InfoButton } from "@/ui/InfoButton";

/** Which model answered; what it took and cost, for whoever asks. */
export function AnswerFigures({ message: { model, usage } }: { message: Message }) {
  const t = useT();
  const language = useLanguage();
  const models = useModels().data ?? [];
  const name = models.find((offer) => offer.id === model)?.name ?? model;
  const { figures } = t.chat;
  return (
    <>
      <span className="ml-1.5 text-xs">{name}</span>
      {usage && (
        <InfoButton label={figures.show}>
          <dl className="grid grid-cols-[auto_auto] gap-x-6 gap-y-1 [&>dd]:text-right [&>dd]:tabular-nums [&>dt]:text-muted">
            <dt>{figures.read}</dt>
            <dd>{formatCount(language, usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens)}</dd>
            <dt>{figures.written}</dt>
            <dd>{formatCount(language, usage.output_tokens)}</dd>
            <dt>{figures.cost}</dt>
            <dd>{formatUsd(language, usage.cost_usd)}</dd>
          </dl>
        </InfoButton>
      )}
    </>
  );
}
