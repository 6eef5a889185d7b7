interface Pattern {
  regex: string;
  message: string;
}
export const everywhere: Pattern;
export const onlyInTests: Pattern;
export const zones: { folder: string; patterns: Pattern[] }[];
