"""One reader a corpus; the photo tables that they make have the same columns."""
