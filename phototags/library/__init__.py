"""Folders of photographs: index them, and find their photos by words, without a run."""
