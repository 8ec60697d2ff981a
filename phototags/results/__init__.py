"""Committed results: what they were made from, and whether they are still what would be made."""
