"""Tag vectors: near means related."""
