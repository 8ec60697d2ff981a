"""Sections of params.yaml: keys, types, defaults, ranges and descriptions."""
