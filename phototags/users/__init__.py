"""Describe users by their other photos, as Denton et al. (KDD 2015) describe theirs by profiles."""
