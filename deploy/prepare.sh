# What deploy.sh and test.sh need before anything else: an interpreter, Node, and the project's own packages. Sourced.

fail() {
  echo "error: $1" >&2
  exit 1
}

# Of the deployment itself; which one the functions run on is decided in deploy/functions/runtime.py.
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

# counting TITLE COMMAND…: runs what says nothing for long, or far too much: its seconds are counted meanwhile, and the
# end of what it said is shown when it fails.
counting() {
  local said counter status=0
  echo "$1" >&2
  shift
  said=$(mktemp)
  count_seconds &
  counter=$!
  "$@" > "$said" 2>&1 || status=$?
  kill "$counter" 2> /dev/null || true
  wait "$counter" 2> /dev/null || true
  if on_terminal; then printf '\r          \r' >&2; fi
  if [[ $status != 0 ]]; then tail -n 20 "$said" >&2; fi
  rm -f "$said"
  return "$status"
}

# In place on a terminal, every ten seconds in a log; until it is killed, or this script is.
count_seconds() {
  local pause=10 form='    %s s\n' seconds=0
  if on_terminal; then pause=1 form='\r    %s s'; fi
  # The pause keeps no pipe open that somebody reads to its end.
  while sleep "$pause" > /dev/null 2>&1 && kill -0 $$ 2> /dev/null; do
    seconds=$((seconds + pause))
    # shellcheck disable=SC2059
    printf "$form" "$seconds" >&2
  done
}

on_terminal() { [[ -t 2 && ${TERM:-dumb} != dumb ]]; }

prepare_environment() {
  local python stamp
  python=$(find_python) || fail "Python 3.11 to 3.14 with venv is needed (python.org, or the python3-venv package); PYTHON=/path names one"
  stamp="$("$python" -c 'import sys; print(sys.version)' | cksum) $(cksum < tests/requirements.txt)"
  if [[ -x .venv/bin/python && -f .venv/installed && $(< .venv/installed) == "$stamp" ]]; then
    return
  fi
  if [[ -L .venv ]]; then fail ".venv is a link, and what it leads to does not fit: remove the link"; fi
  rm -f .venv/installed
  counting "making .venv" "$python" -m venv --clear .venv || fail "$python could not make .venv; see above"
  counting "installing the project's Python packages into it (the first time takes a minute)" \
    .venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r tests/requirements.txt \
    || fail "the Python packages could not be installed; see above"
  echo "$stamp" > .venv/installed
}

# checkov reads templates, in an environment of its own: what it needs clashes with what Chalice needs.
prepare_checkov() {
  local stamp
  stamp="$(.venv/bin/python -c 'import sys; print(sys.version)' | cksum) $(cksum < tests/checkov-requirements.txt)"
  if [[ -f .build/checkov/installed && $(< .build/checkov/installed) == "$stamp" ]]; then
    return
  fi
  counting "making .build/checkov" .venv/bin/python -m venv --clear .build/checkov || fail "it could not be made; see above"
  counting "installing checkov into it (the first time takes a minute or two)" \
    .build/checkov/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
    -r tests/checkov-requirements.txt || fail "checkov could not be installed; see above"
  echo "$stamp" > .build/checkov/installed
}

# prepare_node FOLDER: the packages that its lock names, installed when the lock has changed.
prepare_node() {
  local stamp
  stamp="$(node --version) $(cksum < "$1/package-lock.json")"
  if [[ -f $1/node_modules/.installed && $(< "$1/node_modules/.installed") == "$stamp" ]]; then
    return
  fi
  counting "installing the packages of $1" install_node "$1" \
    || fail "the packages of $1 could not be installed; see above"
  echo "$stamp" > "$1/node_modules/.installed"
}

install_node() { (cd "$1" && npm ci --no-audit --no-fund); }
