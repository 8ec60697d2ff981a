"""Predict test photos with a tagger and score the predictions."""
