/** The deployment's own settings, fetched at start: one build serves every stage. */
import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const limits = v.object({
  file_bytes: count,
  files_a_message: count,
  text_characters: count,
  text_bytes: count,
  title_characters: count,
  comment_characters: count,
  name_characters: count,
  undo_s: count,
  retention_days: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

const schema = v.object({
  region: v.pipe(v.string(), v.nonEmpty()),
  user_pool_id: v.pipe(v.string(), v.nonEmpty()),
  client_id: v.pipe(v.string(), v.nonEmpty()),
  api_url: v.pipe(v.string(), v.nonEmpty()),
  socket_url: v.optional(v.nullable(v.string()), null),
  cognito_endpoint: v.optional(v.nullable(v.string()), null),
  stage: v.optional(v.string(), ""),
  /** Whether anyone may ask for an account; else an owner invites. */
  signup: v.optional(v.picklist(["open", "closed"]), "closed"),
  /** The origins of foreign pages that a person may be sent back to. */
  comment_origins: v.optional(v.array(v.string()), []),
  limits,
});

export type Config = v.InferOutput<typeof schema>;
/** What the API accepts. Characters are code points. undo_s: how long it can bring back what was deleted.
 * retention_days: after their last use conversations and files are kept so long; 0: until they are deleted. */
export type Limits = Config["limits"];

/** Parse the text of config.json. Throws when it is not JSON or a field is missing. */
export function parseConfig(text: string): Config {
  return v.parse(schema, JSON.parse(text));
}

export async function fetchConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`config.json: HTTP ${response.status}`);
  return parseConfig(await response.text());
}
