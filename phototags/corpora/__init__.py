"""One small reader per corpus; after them every corpus looks the same."""
