"""Files, logs, progress bars and processor settings: what every room uses."""
