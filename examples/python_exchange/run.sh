#!/usr/bin/env bash
# One training in four epochs, from Python to C++ and back: two by the Trainer of transformers, one by Baton, one by the
# Trainer of transformers again. Each goes on with the last checkpoint of the other. At the end comes the log of all.
#
#   pip install torch transformers accelerate      # if your python3 does not have them
#   examples/python_exchange/run.sh                # or: PYTHON=path/to/python examples/python_exchange/run.sh
#
# Flags are those of build/bin/fashion_mnist, which quickstart builds. If it is elsewhere: FASHION_MNIST=path/to/it
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
program=${FASHION_MNIST:-$here/../../build/bin/fashion_mnist}
config=$(mktemp)
trap 'rm -f "$config"' EXIT

# A rate that does not depend on the number of epochs, so that the first part does not need to know of the others. With
# 60 images a batch an epoch has 1000 updates, so it ends when the loss has just been logged.
flags=(--output_dir runs/python_exchange --lr_scheduler_type constant_with_warmup --per_device_train_batch_size 60 "$@")

in_cpp() { "$program" "${flags[@]}" "$@"; }

in_python() {
  in_cpp "$@" --print_config >"$config"
  "${PYTHON:-python3}" "$here/train.py" "$config"
}

in_python --num_train_epochs 2
in_cpp --num_train_epochs 3 --resume_from_checkpoint true
in_python --num_train_epochs 4 --resume_from_checkpoint true
