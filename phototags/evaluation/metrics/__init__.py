"""Metrics of ranked tags, each checked against a slow loop, and score tables."""
