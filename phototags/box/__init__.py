"""The tagger of photographs that comes with phototags: how it is trained, and its files."""
