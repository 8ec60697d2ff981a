"""From photos with tags to a tagger."""
