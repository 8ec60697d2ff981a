"""Parsers of file formats, apart from the readers of corpora."""
