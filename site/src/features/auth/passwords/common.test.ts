import { describe, expect, it } from "vitest";

import { isCommon } from "./common";

const EMAIL = " Ada.Lovelace@Analytical.example ";

describe("a password", () => {
  it.each([
    ["a word with what rules ask for", "Password2026!"],
    ["letters that look like others", "P@ssw0rd1234"],
    ["a French word", "motdepasse123"],
    ["accents and capitals", "ÉtéÀMarseille2026"],
    ["a row of the keyboard", "qwertyuiop12"],
    ["a French keyboard's", "Azerty123456!"],
    ["columns of it", "1qaz2wsx3edc"],
    ["a zigzag", "1q2w3e4r5t6y"],
    ["a sequence", "abcdefghijkl"],
    ["one backwards", "987654321cba"],
    ["one character", "aaaaaaaaaaaa"],
    ["two in turn", "ababababab12"],
    ["doubled characters", "aabbccddeeff"],
    ["a unit again and again", "monalisamonalisa"],
    ["a telephone", "06 12 78 45 92"],
    ["two dates", "14.07.1789-2/9/45"],
    ["the person's name", "lovelace-ada-12"],
    ["the person's address", "ada.lovelace2026!"],
    ["where the address is", "Analytical2026!!"],
    ["the name of the site", "claude-chatapp"],
    ["words that all know", "correct horse battery staple"],
    ["a name", "christopher1!"],
    ["a game", "finalfantasy"],
  ])("is common: %s", (_why, password) => {
    expect(isCommon(password, EMAIL)).toBe(true);
  });

  it("is not looked at where Cognito refuses it anyway", () => {
    expect(isCommon("a".repeat(100_000), EMAIL)).toBe(false);
  });

  it.each([
    "u4Vb-y2Kq_1Rt8sZ",
    "xK9#mQ2$vL7p",
    "violet pluie gare onze",
    "my own long passphrase",
    "tresor-azur-2026",
    "another-Password-1",
    "пароль длиннее всех",
    "あいうえおかきくけこさしすせ",
    "🦋 wandering teapots",
  ])("is not: %s", (password) => {
    expect(isCommon(password, EMAIL)).toBe(false);
  });

  it("is another person's name for somebody else", () => {
    const password = "analytical lovelace";
    expect([isCommon(password, EMAIL), isCommon(password, "grace@example.com")]).toEqual([true, false]);
  });
});
