"""What a user's other photos tell of a photo: the users of Denton et al. (KDD 2015)."""
