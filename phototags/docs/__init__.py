"""Pages made by command: docs/params.md and the numbers in README and docs."""
