"""Figures: the same numbers give the same bytes, and every system keeps its colour."""
