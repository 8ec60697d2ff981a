"""Keywords in photos and their sidecars: a person's own are read, phototags' are written."""
