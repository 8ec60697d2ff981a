"""Corpora in the form of a published protocol, which fixes what is counted."""

PROTOCOLS = {"corel5k-260": 260}
"""Words by corpus: means over words are over all of them, each has a test photo, and a word that
the tagger does not know or never gives counts as missed (TagProp, ICCV 2009, and all since)."""
