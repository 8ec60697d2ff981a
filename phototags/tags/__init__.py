"""Tags: spelling, synsets, vocabulary, and the mapping between two vocabularies."""
