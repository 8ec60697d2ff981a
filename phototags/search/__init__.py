"""Search of photos by words: the photos nearest to the sum of the words' tag vectors."""
