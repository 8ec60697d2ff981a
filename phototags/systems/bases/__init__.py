"""Base classes of the systems' settings: of all, and of those that share a training objective."""
