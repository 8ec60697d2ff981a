"""Words in, photos out: the words' tag vectors are summed, the nearest photos are found."""
