#!/usr/bin/env bash
# A trait that is monitored and steered: the feeling of an answer. TRAIT=french and others work, too.
set -euo pipefail
cd "$(dirname "$0")"
python ../zoo.py fetch smollm2
model=${HARTONOMOUS_CACHE:-$HOME/.cache/hartonomous/zoo}/smollm2
trait=${TRAIT:-sentiment}
root=$(mktemp -d)
mkdir "$root/zoo"
cp -r "experiments/$trait" "$root/zoo/"
where=(--experiment zoo --root "$root" --trait "$trait")
hartonomous vectors trait responses "${where[@]}" --gen-model "$model" --judge-model lexical \
  --batch-size 50 --max-new-tokens "${TOKENS:-60}"
hartonomous vectors trait activations "${where[@]}" --gen-model "$model"
hartonomous vectors trait vectors "${where[@]}" --layers 6,10,14,18,22,26
vector="$root/zoo/$trait/vectors/mean_diff_layer${LAYER:-14}.safetensors"
hartonomous vectors monitor "How was the concert?" --model "$model" --vector "$vector" \
  --plot "$root/$trait.png"
tried=()
for layer in 10 14 18 22; do tried+=(--vector "$root/zoo/$trait/vectors/mean_diff_layer$layer.safetensors"); done
hartonomous vectors steer --model "$model" "${tried[@]}" --trait-folder "$root/zoo/$trait" \
  --doses="${DOSES:--0.4,-0.2,0,0.2,0.4}"
