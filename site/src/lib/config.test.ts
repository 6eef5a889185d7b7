import { describe, expect, it } from "vitest";

import { parseConfig } from "./config";

const complete = {
  region: "eu-west-1",
  user_pool_id: "eu-west-1_x",
  client_id: "c",
  api_url: "https://api.test/api",
  socket_url: null,
  cognito_endpoint: null,
  stage: "local",
  signup: "closed",
  comment_origins: [],
  limits: { file_bytes: 52_428_800, files_a_message: 20, text_characters: 100_000, text_bytes: 300_000, title_characters: 200, comment_characters: 2_000, name_characters: 40, undo_s: 30, retention_days: 90 },
};

describe("parseConfig", () => {
  it("reads what a deployment writes", () => {
    expect(parseConfig(JSON.stringify(complete))).toEqual(complete);
  });

  it("does without sockets and a Cognito address", () => {
    const { socket_url: _, cognito_endpoint: __, ...rest } = complete;
    expect(parseConfig(JSON.stringify(rest))).toMatchObject({ socket_url: null, cognito_endpoint: null });
  });

  it.each(Object.keys(complete.limits))("refuses limits without %s", (name) => {
    const limits = Object.fromEntries(Object.entries(complete.limits).filter(([key]) => key !== name));
    expect(() => parseConfig(JSON.stringify({ ...complete, limits }))).toThrow(name);
  });

  it.each(["", "<!doctype html>", "[]", "null", JSON.stringify({ ...complete, api_url: "" }), JSON.stringify({ ...complete, client_id: 5 }), JSON.stringify({ ...complete, limits: { file_bytes: 0 } })])(
    "refuses %j",
    (text) => {
      expect(() => parseConfig(text)).toThrow();
    },
  );
});
