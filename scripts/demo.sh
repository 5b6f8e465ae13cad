#!/usr/bin/env bash
# The first five minutes: mine a real model into the embedded PostgreSQL and ask it questions.
set -euo pipefail
cd "$(dirname "$0")/.."

show() {
    printf '\n$ %s\n' "${*@Q}" | sed "s/'\([a-z0-9:./_-]*\)'/\1/g"
    "$@"
}

model=$(python scripts/zoo.py fetch minilm-l6)

show hartonomous db start
show hartonomous ingest embeddings "$model" --source model:minilm-l6 --k 50
for word in king doctor violin; do
    show hartonomous neighbors "$word" -n 5
done
show hartonomous explain king queen
show hartonomous path guitar war
show hartonomous traverse "violin" --max-depth 3 --beam 4

printf '\nThe server runs until: .venv/bin/hartonomous db stop\n'
