"""Photo features from a frozen backbone."""
