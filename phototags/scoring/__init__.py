"""One tagger on one test corpus: which photos, which words, how good."""
