/** The site's lint rules. */
import { defineConfig } from "oxlint";

import { everywhere, onlyInTests, zones } from "./zones.mjs";

const TESTS = ["**/*.test.ts", "**/*.test.tsx"];

const restricted = (patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

export default defineConfig({
  plugins: [
    "typescript",
    "react",
    "react-perf",
    "jsx-a11y",
    "import",
    "unicorn",
    "promise",
    "vitest"
  ],
  categories: {
    correctness: "error",
    suspicious: "error"
  },
  env: {
    browser: true,
    es2024: true
  },
  settings: {
    react: {
      version: "19"
    }
  },
  rules: {
    "react/react-in-jsx-scope": "off",
    "react/rules-of-hooks": "error",
    "react/exhaustive-deps": "error",
    "react/no-danger": "error",
    "react/jsx-no-script-url": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": "error",
    "no-console": "error",
    "no-eval": "error",
    eqeqeq: [
      "error",
      "always"
    ],
    "max-lines": [
      "error",
      {
        max: 400
      }
    ],
    "no-shadow": "off",
    "jsx-a11y/prefer-tag-over-role": "off",
    "unicorn/prefer-add-event-listener": "off",
    "no-unused-vars": [
      "error",
      {
        argsIgnorePattern: "^_",
        varsIgnorePattern: "^_"
      }
    ],
    "import/no-unassigned-import": "off",
    "react-perf/jsx-no-new-function-as-prop": "off",
    "react-perf/jsx-no-new-object-as-prop": "off",
    "react-perf/jsx-no-new-array-as-prop": "off",
    "react-perf/jsx-no-jsx-as-prop": "off"
  },
  overrides: [
    // Of a file's overrides the last one that names a rule counts: tests take the zones alone.
    { files: ["src/**"], rules: restricted([everywhere, onlyInTests]) },
    ...zones.map(({ folder, patterns }) => ({ files: [`${folder}/**`], rules: restricted([everywhere, ...patterns, onlyInTests]) })),
    ...zones.map(({ folder, patterns }) => ({
      files: TESTS.map((test) => `${folder}/${test}`),
      rules: restricted([everywhere, ...patterns]),
    })),
    { files: ["src/test/**"], rules: restricted([everywhere]) },
    {
      files: TESTS,
      rules: { "vitest/require-to-throw-message": "off", "unicorn/consistent-function-scoping": "off" },
    },
    { files: ["scripts/**"], rules: { "no-console": "off" } },
  ],
  ignorePatterns: ["node_modules", "dist", "src/api/schema.d.ts"],
});
