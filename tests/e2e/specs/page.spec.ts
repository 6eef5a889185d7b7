/**
 * The published page: what Lighthouse looks at, by hand, on the demo twin: title, description, language, viewport, contrast,
 * names, no JavaScript needed; and what is this page's own: two languages, a CV on two sheets.
 */
import type { Browser, Page } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import { fits } from "../support/portfolio";
import { stage } from "../support/stage";
import { expect, test } from "../support/test";

const NAME = "Élise Vasseur";
const SHOWN = {
  fr: { path: "/", section: "Expérience", ask: "Poser une question", question: "Sur quelles rivières", skip: "Aller au contenu" },
  en: { path: "/en/", section: "Experience", ask: "Ask a question", question: "Which rivers", skip: "Skip to the content" },
} as const;

const open = (page: Page, path: string) => page.goto(`${stage.site_url}${path}`);
const meta = (page: Page, name: string) => page.locator(`meta[name="${name}"], meta[property="${name}"]`).getAttribute("content");
const links = (page: Page, selector: string) => page.locator(selector).evaluateAll((all) => all.map((each) => each.getAttribute("href")));

async function withoutScripts(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  return context.newPage();
}

test.beforeEach(async ({ page }) => {
  await open(page, "/");
  const name = page.getByRole("heading", { level: 1 });
  if (stage.state_dir !== null) await expect(name).toHaveText(NAME);
  // Of an owner's own stage the page is theirs.
  else test.skip((await name.textContent()) !== NAME, "the demo twin is not published here");
});

for (const language of ["fr", "en"] as const) {
  const shown = SHOWN[language];

  test(`search engines and shared links are told what the page is, ${language}`, async ({ page }) => {
    const response = await open(page, shown.path);
    expect(response?.status()).toBe(200);
    expect(response?.headers()["content-type"]).toBe("text/html; charset=utf-8");
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    expect((await page.title()).startsWith(`${NAME} – `)).toBe(true);
    const description = (await meta(page, "description")) ?? "";
    expect(description.length).toBeGreaterThan(50);
    expect(description.length).toBeLessThan(160);
    expect(await meta(page, "viewport")).toBe("width=device-width, initial-scale=1");
    expect(await page.locator('meta[name="robots"]').count(), "nobody is kept out").toBe(0);
    expect(await links(page, 'link[rel="canonical"]')).toEqual([`${stage.site_url}${shown.path}`]);
    expect(await links(page, 'link[rel="alternate"]')).toEqual(["/", "/en/", "/"].map((path) => stage.site_url + path));
    expect(await meta(page, "og:url")).toBe(`${stage.site_url}${shown.path}`);
    const data: unknown = JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? "");
    expect(data).toMatchObject({ "@type": "ProfilePage", inLanguage: language, mainEntity: { "@type": "Person", name: NAME } });
    expect(await page.locator("h1").count(), "one heading of the first level").toBe(1);
    expect(await page.locator("img:not([alt]), a:not([href]), html:not([lang])").count()).toBe(0);
  });

  test(`the page reads without JavaScript, ${language}`, async ({ browser }) => {
    const page = await withoutScripts(browser);
    await open(page, shown.path);
    await expect(page.getByRole("heading", { name: shown.section, exact: true })).toBeVisible();
    await expect(page.getByText("Agence des eaux de l’Aubrelle")).toBeVisible();
    await expect(page.getByText(shown.question)).toBeVisible();
    await expect(page.getByRole("button", { name: shown.ask }), "it could do nothing").toBeHidden();
    const other = language === "fr" ? SHOWN.en : SHOWN.fr;
    await page.getByRole("link", { name: language === "fr" ? "English" : "Français", exact: true }).click();
    await expect(page.getByRole("heading", { name: other.section, exact: true })).toBeVisible();
    await page.context().close();
  });
}

for (const [scheme, phone] of [["light", " @phone"], ["dark", " @phone"]] as const) {
  test(`axe finds nothing on the page, ${scheme}${phone}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const { path, section } of Object.values(SHOWN)) {
      await open(page, path);
      await expect(page.getByRole("heading", { name: section, exact: true })).toBeVisible();
      await expectAccessible(page, path);
      expect(await fits(page), "nothing is wider than the screen").toBe(true);
    }
  });
}

test("by keyboard the content is one step away, and every entry has an address of its own", async ({ page }) => {
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: SHOWN.fr.skip })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  const id = await page.locator("article").last().getAttribute("id");
  await open(page, `/#${id}`);
  await expect(page.locator("article:target")).toBeInViewport();
});

test("on paper it is a CV of two sheets, without what is for a screen", async ({ page }) => {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  expect(sheets).toBeGreaterThan(0);
  expect(sheets).toBeLessThanOrEqual(2);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator("aside")).toBeHidden();
  await expect(page.locator("details").first()).toBeHidden();
  await expect(page.getByRole("heading", { name: SHOWN.fr.section, exact: true })).toBeVisible();
});

test("comments are asked for when they are opened, and not before", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open(page, "/");
  await page.waitForLoadState("load");
  expect(asked.filter((path) => path.endsWith("/embed.js") || path.endsWith("/commentaires"))).toEqual([]);
  await page.getByText("Commentaires", { exact: true }).first().click();
  await expect.poll(() => asked.some((path) => path.endsWith("/embed.js"))).toBe(true);
  await expect.poll(() => asked.some((path) => path.endsWith("/commentaires"))).toBe(true);
});

test("paths of the application lead to the application, and the root does not", async ({ page }) => {
  await open(page, "/c/01900000-0000-7000-8000-000000000000");
  await expect(page.locator("#root")).toBeAttached();
  await open(page, "/");
  await expect(page.locator("#root")).toHaveCount(0);
});
