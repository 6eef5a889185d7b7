#!/usr/bin/env bash
# Deploys chatapp: `./deploy.sh local` on this machine, `./deploy.sh STAGE` on AWS. All of it is in deploy/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "error: $1" >&2
  exit 1
}

# Lambda has a runtime for each of these; the functions get the one that packs them.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
    [[ -n $candidate ]] && command -v "$candidate" > /dev/null || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2> /dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

check_node() {
  local found
  command -v npm > /dev/null || return 1
  found=$(node --version 2> /dev/null) || return 1
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

prepare_environment() {
  local python stamp
  python=$(find_python) || fail "Python 3.11 to 3.14 with venv is needed (python.org, or the python3-venv package); PYTHON=/path names one"
  stamp="$("$python" -c 'import sys; print(sys.version)' | cksum) $(cksum < tests/requirements.txt)"
  if [[ -x .venv/bin/python && -f .venv/installed && $(< .venv/installed) == "$stamp" ]]; then
    return
  fi
  echo "installing the project's Python packages into .venv (the first time takes a minute)" >&2
  rm -f .venv/installed
  "$python" -m venv --clear .venv || fail "$python could not make .venv"
  .venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r tests/requirements.txt \
    || fail "the Python packages could not be installed; see above"
  echo "$stamp" > .venv/installed
}

case "${1:-}" in
  outputs | destroy | -h | --help | "") ;;
  *) check_node || fail "Node 20.19 or newer with npm is needed to build the site (nodejs.org)" ;;
esac
prepare_environment
exec .venv/bin/python -m deploy "$@"
