"""Training on several processes: shared batches and sharded tag tables."""
