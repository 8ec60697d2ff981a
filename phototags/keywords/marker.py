"""The XMP properties by which phototags' keywords are told from a person's.

In the namespace of `exiv2.NAMESPACE`: `Tags`, the keywords that phototags wrote; `Probabilities`,
theirs, in the same order; `Tagger`, which gave them; `Copied`, a person's keywords that were copied
into a sidecar from its photo, because programs read the sidecar in place of the photo.
"""

from collections.abc import Mapping
from typing import NamedTuple

from phototags.keywords.exiv2 import PREFIX
from phototags.keywords.xmp_values import read_list, read_text

TAGS, PROBABILITIES = f"Xmp.{PREFIX}.Tags", f"Xmp.{PREFIX}.Probabilities"
COPIED, TAGGER = f"Xmp.{PREFIX}.Copied", f"Xmp.{PREFIX}.Tagger"
KEYS = (TAGS, PROBABILITIES, COPIED, TAGGER)


class Marker(NamedTuple):
    """What phototags wrote into a file.

    Args:
        tags: its keywords. probabilities: theirs, from 0 to 1, as text.
        copied: a person's keywords that it copied from the photo.
        tagger: the name of the tagger.
    """

    tags: tuple[str, ...] = ()
    probabilities: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    tagger: str = ""

    @property
    def written(self) -> tuple[str, ...]:
        """All keywords that phototags wrote."""
        return self.tags + self.copied


def read_marker(xmp: Mapping) -> Marker:
    """Read the marker of a file; an empty one where phototags wrote nothing."""
    lists = [tuple(read_list(xmp, key)) for key in (TAGS, PROBABILITIES, COPIED)]
    return Marker(*lists, read_text(xmp, TAGGER))
