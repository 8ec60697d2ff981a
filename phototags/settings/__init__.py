"""The sections of params.yaml, a file for each file of rules."""
