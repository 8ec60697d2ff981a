"""The scores as tables in Markdown that a person reads."""
