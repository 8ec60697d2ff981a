"""From public photos and the tags people gave them to a tagger and a search by words."""

__version__ = "0.2.0"
