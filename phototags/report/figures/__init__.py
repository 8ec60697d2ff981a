"""Figures: equal numbers give equal bytes, and each system keeps its colour."""
