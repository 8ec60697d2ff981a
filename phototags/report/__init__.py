"""Pages that open without a network: everything they show is inside them."""
