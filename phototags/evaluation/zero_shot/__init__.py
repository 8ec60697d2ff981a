"""Choice of settings and scores of zero-shot search: held-out tags, captions, the cut."""
