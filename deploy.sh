#!/usr/bin/env bash
# Deploys chatapp: `./deploy.sh local` on this machine, `./deploy.sh STAGE` on AWS. All of it is in deploy/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source deploy/prepare.sh

case "${1:-}" in
  outputs | versions | pipeline | redrive | backups | destroy | person | owner | key | help | -h | --help | "") ;;
  *) [[ " $* " == *" --version"[\ =]* ]] || check_node || fail "Node 20.19 or newer with npm is needed to build the site (nodejs.org)" ;;
esac
prepare_environment
exec .venv/bin/python -m deploy "$@"
