"""Atomic files, logs, progress bars and processor settings; every room may use them."""
