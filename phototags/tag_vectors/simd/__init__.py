"""Compiled skip-gram kernels for large corpora on a CPU."""
