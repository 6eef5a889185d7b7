#!/usr/bin/env bash
# Every check there is, in order, stopping at the first failure. `--stage STAGE`: only the end-to-end suite, on that stage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source deploy/prepare.sh

stage=""
if [[ ${1:-} == --stage && -n ${2:-} ]]; then
  stage=$2
elif [[ $# -gt 0 ]]; then
  fail "usage: ./test.sh [--stage STAGE]"
fi

[[ -x ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome > /dev/null \
  || fail "Chromium is needed for the end-to-end tests (Debian: apt install chromium), or CHROMIUM=/path/to/it"
check_node || fail "Node 20.19 or newer with npm is needed (nodejs.org)"
prepare_environment
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
ran=()
passed=0
began=$SECONDS

# check NAME COMMAND…: runs it, and counts the tests that its output says have passed.
check() {
  local name=$1 start=$SECONDS count
  shift
  echo "── $name"
  "$@" 2>&1 | tee "$logs/output" || fail "$name failed; the tests after it did not run"
  count=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/output" | sed -nE 's/^ *(Tests +)?([0-9]+) passed.*/\2/p' | tail -n 1)
  passed=$((passed + ${count:-0}))
  ran+=("$name${count:+ ($count)} $((SECONDS - start)) s")
}

lint_templates() { .venv/bin/python -m tests.templates "$logs/stacks" && .venv/bin/cfn-lint "$logs"/stacks/*.yaml; }
in_site() { (cd site && npm run --silent "$@"); }

if [[ -z $stage ]]; then
  check "ruff" .venv/bin/ruff check
  check "ruff format" .venv/bin/ruff format --check --quiet
  check "mypy" .venv/bin/mypy
  check "import rules" env PYTHONPATH=chatapp .venv/bin/lint-imports --no-logo --no-cache
  check "cfn-lint" lint_templates
  check "pytest" .venv/bin/python -m pytest tests/unit tests/aws tests/api tests/contract --check-grants
  prepare_node site
  check "site lint" in_site lint
  check "site's types" in_site check:api
  check "tsc" in_site typecheck
  check "vitest" in_site test
  check "site build" in_site build
  check "size budget" in_site size
fi
check "end to end" .venv/bin/python -m tests.e2e.run ${stage:+--stage "$stage"}

printf 'ran in %s s: ' $((SECONDS - began))
(IFS=';' && echo "${ran[*]}" | sed 's/;/; /g')
echo "$passed passed, 0 failed"
