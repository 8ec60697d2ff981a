"""The XMP properties by which phototags' keywords are told from a person's.

In the namespace of `exiv2.NAMESPACE`: `Tags`, the keywords that phototags wrote; `Probabilities`,
theirs, in the same order; `Tagger`, which gave them; `Copied`, a person's keywords that were copied
to `dc:subject` from IPTC or from the photo of a sidecar, because programs read the one in place of
the other; `Refused`, keywords that phototags wrote and somebody has removed since.
"""

from collections.abc import Mapping
from typing import NamedTuple

from phototags.keywords.exiv2 import PREFIX
from phototags.keywords.xmp_values import read_list, read_text

TAGS, PROBABILITIES = f"Xmp.{PREFIX}.Tags", f"Xmp.{PREFIX}.Probabilities"
COPIED, REFUSED = f"Xmp.{PREFIX}.Copied", f"Xmp.{PREFIX}.Refused"
TAGGER = f"Xmp.{PREFIX}.Tagger"
VALUES = (TAGS, PROBABILITIES, COPIED, REFUSED)
"""The lists of the marker."""


class Marker(NamedTuple):
    """What phototags wrote into a file.

    Args:
        tags: its keywords. probabilities: theirs, from 0 to 1, as text.
        copied: a person's keywords that it copied from elsewhere.
        refused: keywords of an earlier run that somebody has removed.
        tagger: the name of the tagger.
    """

    tags: tuple[str, ...] = ()
    probabilities: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    tagger: str = ""

    @property
    def written(self) -> tuple[str, ...]:
        """All keywords that phototags wrote."""
        return self.tags + self.copied


def read_marker(xmp: Mapping) -> Marker:
    """Read the marker of a file; an empty one where phototags wrote nothing."""
    lists = [tuple(read_list(xmp, key)) for key in VALUES]
    return Marker(*lists, read_text(xmp, TAGGER))


def list_values(marker: Marker) -> dict[str, list[str]]:
    """The marker's XMP values by key; those of an empty one are empty."""
    return {
        TAGS: list(marker.tags),
        PROBABILITIES: list(marker.probabilities),
        COPIED: list(marker.copied),
        REFUSED: list(marker.refused),
        TAGGER: [marker.tagger] if marker.tagger else [],
    }
