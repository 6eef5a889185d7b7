import { useTwinTexts } from "@/i18n/twin";
import { useT } from "@/i18n";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/icons";

import { createTwin } from "../api/endpoints";
import { complain, useStep } from "../api/twins";

/** Before there is a twin. */
export function Start({ handle }: { handle: string }) {
  const t = useT();
  const texts = useTwinTexts().start;
  const create = useStep(handle, createTwin);
  return (
    <div className="my-auto space-y-4 pb-[12vh] text-center">
      <span className="inline-block text-accent">
        <Icon name="twin" size={44} />
      </span>
      <h2 className="text-xl font-semibold tracking-tight text-balance">{texts.title}</h2>
      <p className="mx-auto max-w-md text-muted text-pretty">{texts.lead}</p>
      <Button variant="primary" disabled={create.isPending} onClick={() => create.mutate(undefined, { onError: complain })}>
        {create.isPending ? t.app.loading : texts.create}
      </Button>
    </div>
  );
}
