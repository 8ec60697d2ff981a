"""Photos: their table, their shards, and how a picture is opened safely."""
