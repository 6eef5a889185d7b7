/** What is kept of a visit, what the visitor chooses about it, and how they take it away. */
import { h } from "@/lib/dom";

import type { TwinApi } from "./api";
import { button } from "./exchange";
import type { TwinWords } from "./texts";
import type { Profile } from "./types";
import type { Choices, Visit } from "./visit";

interface Options {
  words: TwinWords;
  profile: Profile;
  visit: Visit;
  api: TwinApi;
  /** The visit goes on as another one. */
  onChosen(): void;
  onErased(): void;
  say(text: string): void;
}

export function privacy(options: Options): HTMLElement {
  const { words, profile, visit } = options;
  const line = h("span", { part: "consent" });
  const showLine = (): void => {
    const isKept = profile.transcripts && visit.choices.transcript;
    const { preview, kept, none } = words.consent;
    line.textContent = `${visit.isPreview ? preview : isKept ? kept(String(profile.transcript_days)) : none} `;
  };
  showLine();
  if (visit.isPreview) return h("footer", { part: "privacy" }, line);
  const told = h("p", { part: "status", role: "status" });
  const choose = (choice: Partial<Choices>): void => {
    visit.choose({ ...visit.choices, ...choice });
    options.onChosen();
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
  );
  return h("footer", { part: "privacy" }, line, h("details", {}, h("summary", { part: "options" }, words.consent.options), choices));
}

function checkbox(part: string, label: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const box = h("input", { type: "checkbox", role: "switch", part }) as HTMLInputElement;
  box.checked = isOn;
  box.addEventListener("change", () => onChange(box.checked));
  return h("label", {}, box, label);
}

/** Erasing asks once more, by the same button. */
function taking({ words, visit, api, onErased }: Options, told: HTMLElement): HTMLElement {
  const erase = button("erase", words.consent.erase, () => void onErase());
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    if (!visit.isBegun) told.textContent = words.consent.nothing;
    else await act().catch(() => (told.textContent = words.problems.failed));
  };
  const onErase = (): Promise<void> =>
    attempt(async () => {
      if (erase.dataset["sure"] === undefined) {
        erase.dataset["sure"] = "";
        erase.textContent = words.consent.eraseForGood;
        return;
      }
      delete erase.dataset["sure"];
      erase.textContent = words.consent.erase;
      await api.erase();
      onErased();
      told.textContent = words.consent.erased;
    });
  const download = button("download", words.consent.download, () => void attempt(async () => save(await api.exported())));
  return h("p", { part: "actions" }, download, erase);
}

function save(exported: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(exported, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "visit.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
