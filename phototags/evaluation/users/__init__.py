"""Evaluation of systems that know the user of a photo."""
