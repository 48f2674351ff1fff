#!/usr/bin/env bash
# Requests that schemathesis makes up of docs/openapi.yaml, to a server that runs: good ones and bad ones, a few minutes.
#
#   parity/schemathesis.sh http://127.0.0.1:8080 MODEL [SECONDS] [more options of schemathesis]
#
# MODEL is the name that the server gives its base; without it nearly every request would be about a model that is not there.
set -euo pipefail

[ $# -ge 2 ] || { printf 'usage: %s URL MODEL [SECONDS] [OPTION]…\n' "$0" >&2; exit 2; }
url=$1 model=$2 seconds=${3:-180}
shift $(($# > 2 ? 3 : 2))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
file=$(cd "$(dirname "$0")/../docs" && pwd)/openapi.yaml

sed -e "s/^\( *model: { \)type: string\(.*name.* }\)$/\1const: '$model'\2/" \
  -e "s/^\( *\)model: { type: string }$/\1model: { const: '$model' }/" "$file" >"$folder/openapi.yaml"

# not checked: that all is accepted that the file allows, since it cannot say that an id must be one that is there
schemathesis run "$folder/openapi.yaml" --url "$url" --max-time "$seconds" --request-timeout 60 --max-response-time 60 --seed 1 \
  --checks all --exclude-checks positive_data_acceptance --report-dir "$folder/report" "$@"
