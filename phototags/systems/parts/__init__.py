"""Heads, losses, samplers and other parts that several systems share."""
