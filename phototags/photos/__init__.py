"""Read, check and pack photos: their table, archives, shards and images."""
