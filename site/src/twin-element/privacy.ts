/** What is kept of a visit, what the visitor chooses about it, and how they take it away. */
import { ApiError, SessionExpiredError } from "@/api/client";
import { h } from "@/lib/dom";

import type { TwinApi } from "./api";
import { button } from "./exchange";
import type { TwinWords } from "./texts";
import type { Profile } from "./types";
import type { Choices, Kept, Visit } from "./visit";

interface Options {
  words: TwinWords;
  profile: Profile;
  visit: Visit;
  api: TwinApi;
  onErased(): void;
}

export interface Privacy {
  node: HTMLElement;
  /** Name the visits that there are. */
  update(): void;
}

export function privacy(options: Options): Privacy {
  const { words, profile, visit } = options;
  const line = h("span", { part: "consent" });
  const showLine = (): void => {
    const isKept = profile.transcripts && visit.choices.transcript;
    const { preview, kept, none } = words.consent;
    line.textContent = `${visit.isPreview ? preview : isKept ? kept(String(profile.transcript_days)) : none} `;
  };
  showLine();
  if (visit.isPreview) return { node: h("footer", { part: "privacy" }, line), update: () => undefined };
  const told = h("p", { part: "status", role: "status" });
  const named = h("p", { part: "visits" });
  const update = (): void => {
    const ids = visit.all().map(({ visitId }) => visitId);
    named.textContent = ids.length > 0 ? words.consent.visits(ids.join(", ")) : "";
  };
  update();
  const choose = (choice: Partial<Choices>): void => {
    visit.choose({ ...visit.choices, ...choice });
    showLine();
    told.textContent = words.consent.fromNow;
  };
  const choices = h(
    "div",
    { part: "choices" },
    checkbox("remember", words.consent.remember, visit.choices.remember, (remember) => choose({ remember })),
    profile.transcripts &&
      checkbox("no-transcript", words.consent.noTranscript, !visit.choices.transcript, (isOff) => choose({ transcript: !isOff })),
    taking(options, told),
    told,
    named,
  );
  const details = h("details", {}, h("summary", { part: "options" }, words.consent.options), choices);
  return { node: h("footer", { part: "privacy" }, line, details), update };
}

function checkbox(part: string, label: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const box = h("input", { type: "checkbox", role: "switch", part }) as HTMLInputElement;
  box.checked = isOn;
  box.addEventListener("change", () => onChange(box.checked));
  return h("label", {}, box, label);
}

/** Erasing asks once more, by the same button. */
function taking({ words, visit, api, onErased }: Options, told: HTMLElement): HTMLElement {
  const erase = button("erase", words.consent.erase, () => void attempt(onErase));
  const attempt = async (act: (visits: readonly Kept[]) => Promise<void>): Promise<void> => {
    const visits = visit.all();
    if (visits.length === 0) told.textContent = words.consent.nothing;
    else await act(visits).catch(() => (told.textContent = words.problems.failed));
  };
  const onErase = async (visits: readonly Kept[]): Promise<void> => {
    if (erase.dataset["sure"] === undefined) {
      erase.dataset["sure"] = "";
      erase.textContent = words.consent.eraseForGood;
      return;
    }
    delete erase.dataset["sure"];
    erase.textContent = words.consent.erase;
    for (const one of visits) {
      await unlessGone(api.erase(one.token));
      visit.forget(one);
    }
    onErased();
    told.textContent = words.consent.erased;
  };
  const onDownload = async (visits: readonly Kept[]): Promise<void> => {
    const exported = await Promise.all(visits.map(({ token }) => unlessGone(api.exported(token))));
    save({ visits: exported.filter((one) => one !== null) });
  };
  return h("p", { part: "actions" }, button("download", words.consent.download, () => void attempt(onDownload)), erase);
}

/** null: it was erased before, or has gone with its twin. */
const unlessGone = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: unknown) => {
    if (error instanceof SessionExpiredError || (error instanceof ApiError && error.status === 404)) return null;
    throw error;
  });

function save(exported: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(exported, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "visits.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
