#!/usr/bin/env bash
# A task vector that works: plurals, from examples to zero-shot prompts, beside its controls.
set -euo pipefail
cd "$(dirname "$0")"
python ../zoo.py fetch smollm2
model=${HARTONOMOUS_CACHE:-$HOME/.cache/hartonomous/zoo}/smollm2
out=$(mktemp -d)
hartonomous vectors evaluate --config tasks/plural.yaml --model "$model"
for task in plural past antonym; do
  sed "s/plural/$task/" tasks/task_vector_config.yaml > "tasks/.$task.yaml"
  hartonomous vectors task --config "tasks/.$task.yaml" --model "$model" --out "$out"
  rm "tasks/.$task.yaml"
done
sessions=("$out"/task_vector/*)
hartonomous vectors compare "${sessions[0]}" "${sessions[1]}" --plot "$out/layer_similarity.png"
hartonomous vectors check "$out"/task_vector/plural* \
  --other "$out"/task_vector/past* --other "$out"/task_vector/antonym*
