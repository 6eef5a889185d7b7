import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { navigate } from "wouter/use-browser-location";

import { ApiClient } from "@/api/client";
import { ApiContext } from "@/api/context";
import type { FileDetail, FilePage } from "@/api/types";
import { setLanguage } from "@/i18n";
import { Announcer } from "@/lib/announcer";
import { closeViewer, openViewer, type ViewerTarget } from "@/lib/viewer";
import { Toasts } from "@/ui/toasts";

import { ViewerSlot } from ".";

const file = (fields: Partial<FileDetail> = {}): FileDetail => ({
  file_id: "f1",
  name: "thesis.pdf",
  type: "application/pdf",
  size: 9_000,
  status: "ready",
  group: "document",
  format: "PDF",
  pages: 20,
  pages_read: 20,
  characters: 9,
  tokens: 9,
  language: "en",
  scanned: false,
  error: null,
  notes: [],
  outdated: false,
  again: null,
  again_error: null,
  upload_timestamp: "2026-11-21T12:00:00.000Z",
  conversations: 1,
  used_in: [],
  kept_until: null,
  ...fields,
});

const target = (fields: Partial<ViewerTarget> = {}): ViewerTarget => ({ file_id: "f1", name: "thesis.pdf", page: 12, ...fields });

/** One file, as the API and the bucket answer. */
class FakeSource {
  detail: FileDetail | null = file();
  readonly texts = new Map<number, Pick<FilePage, "text"> & Partial<FilePage>>([
    [11, { text: "The page before." }],
    [12, { text: "Intro.\n\nCats sleep\n  all day,  mostly.\n\nEnd." }],
    [13, { text: "The page after." }],
  ]);
  image: Response = new Response(new Blob(["png"], { type: "image/png" }));
  isOffline = false;
  readonly paths: string[] = [];
  /** Of the file, that pages were asked of. */
  readonly readings: number[] = [];

  async fetch(url: string): Promise<Response> {
    const path = url.replace("https://api.test", "");
    this.paths.push(path);
    if (this.isOffline) throw new TypeError("Failed to fetch");
    if (path.startsWith("https://bucket.test/")) return this.image;
    const [, given, reading] = /\/pages\/(\d+)(?:\?reading=(\d+))?$/.exec(path) ?? [];
    const number = Number(given);
    if (reading !== undefined) this.readings.push(Number(reading));
    const missing = Response.json({ error: { code: "not_found", message: "gone" } }, { status: 404 });
    if (!this.detail) return missing;
    if (path.endsWith("/content")) return Response.json({ url: "https://bucket.test/thesis.pdf?signed", expires_in_s: 300 });
    if (!number) return Response.json(this.detail);
    const page = this.texts.get(number);
    if (!page) return missing;
    const locator = { kind: "page", label: `page ${number}`, page: number };
    return Response.json({ file_id: "f1", number, pages: this.detail.pages, locator, ...page });
  }
}

let source: FakeSource;
let person: ReturnType<typeof userEvent.setup>;
let isWide: boolean;

function open(opened: ViewerTarget | null = target()) {
  const tokens = { idToken: async () => "token", markExpired: () => undefined, markEnded: () => undefined };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={new ApiClient("https://api.test", tokens)}>
        <div>
          <button type="button" onClick={() => opened && openViewer(opened)}>
            Marker
          </button>
          <main>The chat</main>
          <ViewerSlot />
        </div>
        <Toasts />
        <Announcer />
      </ApiContext>
    </QueryClientProvider>,
  );
  return client;
}

async function openByClick(opened: ViewerTarget = target()): Promise<HTMLElement> {
  open(opened);
  await person.click(screen.getByRole("button", { name: "Marker" }));
  return screen.findByRole(isWide ? "region" : "dialog", { name: `Source: ${opened.name}` });
}

beforeEach(() => {
  person = userEvent.setup();
  source = new FakeSource();
  isWide = true;
  vi.stubGlobal("fetch", (url: string) => source.fetch(url));
  vi.spyOn(window, "matchMedia").mockImplementation(
    (query) => ({ matches: isWide, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList,
  );
});

afterEach(() => {
  act(closeViewer);
  setLanguage("en");
  vi.unstubAllGlobals();
});

describe("the viewer", () => {
  it("reads nothing before a page is opened, and then only that page", async () => {
    const panel = await openByClick();
    await within(panel).findByText(/Cats sleep/);
    expect(source.paths.toSorted()).toEqual(["/files/f1", "/files/f1/pages/12"]);
  });

  it("shows the page's text as it was read, its place, and the quote highlighted and in view", async () => {
    const seen = vi.fn<(this: Element) => void>();
    Element.prototype.scrollIntoView = function scrollIntoView() {
      seen.call(this);
    };
    const panel = await openByClick(target({ quote: "cats sleep all day, mostly" }));
    const mark = await waitFor(() => panel.querySelector("mark") ?? Promise.reject(new Error("no mark")));
    expect(mark.textContent).toBe("Cats sleep\n  all day,  mostly");
    expect(mark.parentElement?.textContent).toBe(source.texts.get(12)?.text);
    expect(seen.mock.contexts).toEqual([mark]);
    expect(panel).toHaveTextContent("page 12");
    expect(within(panel).getByRole("textbox", { name: "Page" })).toHaveValue("12");
    expect(panel).toHaveTextContent("of 20");
    Reflect.deleteProperty(Element.prototype, "scrollIntoView");
  });

  it("shows a quote above the text when it is not in it, and highlights nothing", async () => {
    const panel = await openByClick(target({ quote: "Dogs never sleep." }));
    expect(await within(panel).findByText("Dogs never sleep.")).toBeInTheDocument();
    expect(panel).toHaveTextContent("could not be found");
    expect(panel.querySelector("mark")).toBeNull();
  });

  it("turns pages by buttons, arrow keys and number, and never beyond the file", async () => {
    const panel = await openByClick(target({ quote: "cats sleep" }));
    await within(panel).findByText("Cats sleep", { exact: false });
    await person.click(within(panel).getByRole("button", { name: "Next page" }));
    expect(await within(panel).findByText("The page after.")).toBeInTheDocument();
    expect(panel).not.toHaveTextContent("could not be found");
    expect(await screen.findByText("Page 13 of 20")).toBeInTheDocument();
    await person.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(await within(panel).findByText("The page before.")).toBeInTheDocument();
    const field = within(panel).getByRole("textbox", { name: "Page" });
    await person.clear(field);
    await person.type(field, "12{ArrowLeft}{Enter}");
    expect(await within(panel).findByText(/Intro/)).toBeInTheDocument();
    source.texts.set(20, { text: "The last page." });
    await person.clear(within(panel).getByRole("textbox"));
    await person.type(within(panel).getByRole("textbox"), "999{Enter}");
    expect(await within(panel).findByText("The last page.")).toBeInTheDocument();
    await person.click(within(panel).getByRole("button", { name: "Next page" }));
    expect(within(panel).getByRole("textbox")).toHaveValue("20");
  });

  it.each([
    ["PPTX", "Slide"],
    ["DOCX", "Part"],
  ])("turns what a %s is made of: a %s", async (format, unit) => {
    source.detail = file({ format });
    const panel = await openByClick();
    await person.click(await within(panel).findByRole("button", { name: `Next ${unit.toLowerCase()}` }));
    expect(within(panel).getByRole("textbox", { name: unit })).toHaveValue("13");
    expect(await screen.findByText(`${unit} 13 of 20`)).toBeInTheDocument();
  });

  it("takes the focus, and gives it back to what opened it with Escape, which stops nothing else", async () => {
    const elsewhere = vi.fn<(event: KeyboardEvent) => void>();
    const onKeyDown = (event: KeyboardEvent): void => void (event.defaultPrevented || elsewhere(event));
    document.addEventListener("keydown", onKeyDown);
    const panel = await openByClick();
    expect(panel).toHaveFocus();
    await person.tab();
    expect(panel).toContainElement(document.activeElement as HTMLElement);
    elsewhere.mockClear();
    await person.keyboard("{Escape}");
    expect(panel).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Marker" })).toHaveFocus();
    expect(elsewhere).not.toHaveBeenCalled();
    document.removeEventListener("keydown", onKeyDown);
  });

  it("leaves an Escape alone that something else has taken", async () => {
    const take = (event: KeyboardEvent): void => event.preventDefault();
    const panel = await openByClick();
    document.addEventListener("keydown", take, { capture: true });
    await person.keyboard("{Escape}");
    document.removeEventListener("keydown", take, { capture: true });
    expect(panel).toBeInTheDocument();
    await person.keyboard("{Escape}");
    expect(panel).not.toBeInTheDocument();
  });

  it("covers the chat where there is no room beside it, with a way back", async () => {
    isWide = false;
    const panel = await openByClick();
    expect(panel).toHaveAttribute("aria-modal", "true");
    expect(screen.getByText("The chat")).toHaveAttribute("inert");
    await person.click(within(panel).getByRole("button", { name: "Back to the conversation" }));
    expect(screen.getByText("The chat")).not.toHaveAttribute("inert");
    expect(screen.getByRole("button", { name: "Marker" })).toHaveFocus();
  });

  it("is closed by Back where it covers the chat, which stays as it is", async () => {
    isWide = false;
    window.history.pushState(null, "", "/c/c1");
    const panel = await openByClick();
    act(() => window.history.back());
    await waitFor(() => expect(panel).not.toBeInTheDocument());
    expect(window.location.pathname).toBe("/c/c1");
  });

  it("takes its entry of the history with it when it is closed otherwise", async () => {
    isWide = false;
    const panel = await openByClick();
    expect(window.history.state).toEqual({ isViewer: true });
    await person.click(within(panel).getByRole("button", { name: "Back to the conversation" }));
    expect(panel).not.toBeInTheDocument();
    await waitFor(() => expect(window.history.state).toBeNull());
  });

  it("does not stay beside another conversation", async () => {
    const panel = await openByClick();
    act(() => navigate("/c/c2"));
    expect(panel).not.toBeInTheDocument();
  });

  it("leaves the chat within reach where there is room", async () => {
    await openByClick();
    expect(screen.getByText("The chat")).not.toHaveAttribute("inert");
  });

  it("says that a source was deleted, and offers nothing of it", async () => {
    source.detail = null;
    const panel = await openByClick(target({ quote: "cats" }));
    expect(await within(panel).findByText("The source was deleted.")).toBeInTheDocument();
    expect(within(panel).queryByRole("button", { name: /original/ })).toBeNull();
    expect(within(panel).queryByRole("textbox")).toBeNull();
  });

  it("forgets the text of a source that is found deleted", async () => {
    const client = open(target());
    await person.click(screen.getByRole("button", { name: "Marker" }));
    await screen.findByText(/Cats sleep/);
    source.detail = null;
    await act(() => client.refetchQueries());
    expect(await screen.findByText("The source was deleted.")).toBeInTheDocument();
    expect(screen.queryByText(/Cats sleep/)).toBeNull();
  });

  it("shows a sheet's rows as a table, with the quote in its cells", async () => {
    const locator = { kind: "sheet", label: "sheet Costs rows 1–3", sheet: "Costs", first_row: 1, last_row: 3 };
    source.texts.set(1, { text: "Name | Price\nTea | 3\nMilk |  | 9", locator });
    const panel = await openByClick(target({ page: 1, quote: "Tea | 3\nMilk", locator }));
    const table = await within(panel).findByRole("table");
    expect(within(table).getAllByRole("row")).toHaveLength(3);
    expect(within(table).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["Name", "Price", "Tea", "3", "Milk", "", "9"]);
    expect([...table.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["Tea", "3", "Milk"]);
    expect(panel).toHaveTextContent("sheet Costs, rows 1–3");
  });

  it("shows an image, which it fetches, and asks for no page of it", async () => {
    const createObjectURL = vi.fn<(blob: Blob) => string>(() => "blob:picture");
    Object.assign(URL, { createObjectURL, revokeObjectURL: vi.fn<() => void>() });
    source.detail = file({ name: "cat.png", group: "image", pages: 0 });
    const panel = await openByClick(target({ name: "cat.png", page: 1 }));
    expect(await within(panel).findByRole("img", { name: "cat.png" })).toHaveAttribute("src", "blob:picture");
    expect(source.paths).toEqual(["/files/f1", "/files/f1/content", "https://bucket.test/thesis.pdf?signed"]);
    expect(within(panel).queryByRole("textbox")).toBeNull();
  });

  it("offers the original of an image that cannot be fetched", async () => {
    source.detail = file({ name: "cat.png", group: "image", pages: 0 });
    source.image = new Response("", { status: 403 });
    const panel = await openByClick(target({ name: "cat.png", page: 1 }));
    const notice = await within(panel).findByText(/cannot be shown/);
    expect(within(notice.parentElement ?? panel).getByRole("button", { name: "Download the original" })).toBeInTheDocument();
  });

  it("says that a cited page is of an earlier reading, without the notes of the present one, and shows that one", async () => {
    source.detail = file({ notes: [{ code: "form_fields", pages: [], names: [], count: 5 }] });
    source.texts.set(12, { text: "Surname:", earlier: true });
    const panel = await openByClick(target({ locator: { kind: "page", label: "page 12", page: 12 } }));
    expect(await within(panel).findByText(/has been read again since/)).toBeInTheDocument();
    expect(panel).not.toHaveTextContent("5 filled form fields");
    source.texts.set(12, { text: "Surname: Marchetti" });
    await person.click(within(panel).getByRole("button", { name: "Show as it reads now" }));
    expect(await within(panel).findByText("Surname: Marchetti")).toBeInTheDocument();
    expect(panel).toHaveTextContent("5 filled form fields");
  });

  it.each<[string, Partial<FileDetail>, (Pick<FilePage, "text"> & Partial<FilePage>) | null, RegExp]>([
    ["a scan, with empty pages", { scanned: true }, { text: "" }, /is a scan/],
    ["a scan, without pages", { scanned: true }, null, /is a scan/],
    ["a page without text", {}, { text: " \n" }, /no text here/],
    ["a page that could not be read", {}, { text: "", locator: { kind: "page", label: "page 12", page: 12, unreadable: true } }, /could not be read/],
    ["a page that is seen", {}, { text: "", by_sight: true }, /Claude sees it as a picture/],
    ["a picture that was not read", {}, { text: "", locator: { kind: "page", label: "page 12", page: 12, picture: true } }, /is a picture, or its text/],
    ["a page that is not there", {}, null, /does not go that far/],
    ["a page that is still read", { status: "reading", pages_read: 3 }, null, /still being read/],
    ["a page that waits for its turn", { status: "waiting", pages: null, pages_read: 0 }, null, /still being read/],
    ["a file that could not be read", { status: "failed" }, null, /file could not be read/],
    ["what was not read of a file", { notes: [{ code: "pictures", pages: [[3, 6]], names: [], count: 4 }] }, { text: "Roses." }, /^Pages 3–6 are pictures/],
    ["a file that was read in part", { pages: 56, error: { code: "too_slow", message: "" } }, { text: "Roses." }, /^Read in part: 56 /],
  ])("says so for %s", async (_name, fields, page, expected) => {
    source.detail = file(fields);
    if (page) source.texts.set(12, page);
    else source.texts.delete(12);
    const panel = await openByClick();
    expect(await within(panel).findByText(expected)).toBeInTheDocument();
  });

  it("shows what was quoted from a scan, above the way to the original", async () => {
    source.detail = file({ scanned: true });
    source.texts.set(12, { text: "" });
    const panel = await openByClick(target({ quote: "Seen on the scan" }));
    expect((await within(panel).findByText("Seen on the scan")).tagName).toBe("BLOCKQUOTE");
    expect(panel).toHaveTextContent("is a scan");
  });

  it.each(["", "Scanned 12/20"])("says in its head that a page was read by sight, whatever text it has: %j", async (text) => {
    source.texts.set(12, { text, by_sight: true });
    const panel = await openByClick(target({ quote: "Seen on the page" }));
    expect(await within(panel).findByText(/page 12.· read by sight/)).toBeInTheDocument();
    expect(panel).toHaveTextContent("Seen on the page");
    await person.click(within(panel).getByRole("button", { name: "Next page" }));
    await within(panel).findByText("The page after.");
    expect(panel).not.toHaveTextContent("by sight");
  });

  it.each([
    ["the first reading of its file", undefined, 0],
    ["a later one", 2, 2],
  ])("asks for a cited page as it was in %s, and for others as they are now", async (_name, reading, asked) => {
    const locator = { kind: "section", label: "part 12", part: 12, reading };
    const panel = await openByClick(target({ locator }));
    await within(panel).findByText(/Cats sleep/);
    expect(source.readings).toEqual([asked]);
    act(() => closeViewer());
    act(() => openViewer(target()));
    await waitFor(() => expect(source.paths.at(-1)).toBe("/files/f1/pages/12"));
  });

  it("downloads the original by the address that it is given", async () => {
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const panel = await openByClick();
    await person.click(within(panel).getByRole("button", { name: "Download the original" }));
    await waitFor(() => expect(clicked).toHaveBeenCalledOnce());
    expect(clicked.mock.contexts[0]).toHaveAttribute("href", "https://bucket.test/thesis.pdf?signed");
  });

  it("says when nothing can be reached, and tries again", async () => {
    source.isOffline = true;
    const panel = await openByClick();
    const alert = await within(panel).findByRole("alert");
    source.isOffline = false;
    await person.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await within(panel).findByText(/Cats sleep/)).toBeInTheDocument();
    expect(within(panel).getByRole("region")).toHaveFocus();
  });

  it("tells in its last 14 days when the file is deleted, and keeps it", async () => {
    source.detail = { ...file(), kept_until: new Date(Date.now() + 13 * 86_400_000).toISOString() };
    const panel = await openByClick();
    expect(await within(panel).findByText(/This file will be deleted on/)).toBeInTheDocument();
    source.detail = { ...file(), kept_until: new Date(Date.now() + 90 * 86_400_000).toISOString() };
    within(panel).getByRole("button", { name: "Keep" }).focus();
    await person.keyboard("{Enter}");
    await waitFor(() => expect(within(panel).queryByText(/will be deleted on/)).toBeNull());
    expect(panel).toHaveFocus();
  });

  it("speaks French", async () => {
    setLanguage("fr");
    source.detail = null;
    open(target());
    await person.click(screen.getByRole("button", { name: "Marker" }));
    expect(await screen.findByText("La source a été supprimée.")).toBeInTheDocument();
  });
});
