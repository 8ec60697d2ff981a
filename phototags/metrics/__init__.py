"""Scores of ranked tags, each checked against a slow loop."""
