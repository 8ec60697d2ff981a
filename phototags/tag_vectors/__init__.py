"""Tag vectors: skip-gram over tag sets, text vectors, zero-shot tags, tag completion."""
