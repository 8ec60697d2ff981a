"""Bringing files here: Debian packages, mirrors, the web."""
