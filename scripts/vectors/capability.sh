#!/usr/bin/env bash
# A skill that moves: what a fine-tune changed, as a package, into a copy of its base, and back out.
set -euo pipefail
cd "$(dirname "$0")"
python ../zoo.py fetch minilm-l6 minilm-sre
zoo=${HARTONOMOUS_CACHE:-$HOME/.cache/hartonomous/zoo}
out=$(mktemp -d)
hartonomous vectors extract "$zoo/minilm-l6" "$zoo/minilm-sre" --out "$out/sre.awv" \
  --significance-threshold 0 --quantization int8 --max-mb 1 --title "SRE" --domain "operations"
hartonomous vectors check "$out/sre.awv" --target "$zoo/minilm-l6"
hartonomous vectors inject "$out/sre.awv" --target "$zoo/minilm-l6" --out "$out/model" --mode full
hartonomous vectors publish "$out/sre.awv" --catalog "$out/catalog" --tier basic
hartonomous vectors search operations --catalog "$out/catalog"
hartonomous vectors rollback "$out/model"
cmp "$out/model/model.safetensors" "$zoo/minilm-l6/model.safetensors" && echo "as before, byte for byte"
