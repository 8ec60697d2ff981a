"""The command line with the tagger of colours, as a process of its own: for tests of the page."""

import pkgutil
import sys

from phototags.cli import main
from tests.library.colour_tagger import embed_colours, patch_backbone


def set_by_path(path: str, value: object) -> None:
    """Set what a dotted path names, as pytest's `monkeypatch.setattr` does."""
    parent, _, name = path.rpartition(".")
    setattr(pkgutil.resolve_name(parent), name, value)


if __name__ == "__main__":
    patch_backbone(set_by_path)
    set_by_path("phototags.export.tag_photos.embed_photos", embed_colours)
    sys.exit(main(sys.argv[1:]))
