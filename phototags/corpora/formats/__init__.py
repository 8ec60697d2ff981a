"""Formats that several corpora use, or that are worth a module of their own."""
