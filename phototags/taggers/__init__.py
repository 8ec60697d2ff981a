"""Taggers: a head, a tag table, a loss and a sampler."""
