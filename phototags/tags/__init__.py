"""Tags: spelling, synsets, vocabulary, and the bridge between two vocabularies."""
