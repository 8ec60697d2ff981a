"""Decide which keywords of a file change when phototags writes its tags, or takes them back.

Entries that a person wrote stay as they are and in their order; phototags' follow them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phototags.errors import PhotoError
from phototags.keywords.hierarchies import drop_folded, split_hierarchy, unite
from phototags.keywords.marker import Marker, list_values
from phototags.keywords.metadata_block import (
    DIGIKAM,
    HIERARCHIES,
    IPTC_KEYWORDS,
    LIGHTROOM,
    SUBJECT,
    MetadataBlock,
)
from phototags.keywords.xmp_values import read_list

MAX_IPTC = 64  # bytes of one keyword (IPTC-IIM 4.2, dataset 2:25)
CHARACTER_SET, UTF8 = "Iptc.Envelope.CharacterSet", "\x1b%G"


@dataclass(frozen=True)
class KeywordChanges:
    """New values of the lists of keywords in one file.

    Args:
        xmp: by key, only those that change; an empty list is to be removed.
        iptc: all IPTC keywords, None where they stay.
        added, removed: phototags' tags that come and go.
    """

    xmp: dict[str, list[str]]
    iptc: list[str] | None
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.xmp) or self.iptc is not None


def plan_changes(
    block: MetadataBlock,
    tags: Sequence[tuple[str, float]],
    tagger: str,
    others: Iterable[MetadataBlock] = (),
    copy: bool = False,
    iptc: bool = False,
) -> KeywordChanges:
    """Plan which keywords of a file change when a photo's tags are written into it.

    Args:
        block: the file's metadata.
        tags: tags and probabilities; those that a person wrote or removed are left out.
        tagger: the name of what gave them.
        others: the photo of a sidecar, or the sidecars of a photo.
        copy: copy the others' keywords: programs read a sidecar in place of its photo.
        iptc: write IPTC keywords too; those of an earlier run are renewed in any case.
    """
    others, before = list(others), block.marker
    refused = unite([*before.refused, *drop_folded(before.tags, block.ours)])
    own = block.own_subject
    sources = [block, *others] if copy else [block]
    flat = [word for one in sources for word in [*one.own_subject, *one.own_iptc]]
    nested = [word for one in others if copy for word in one.list_own(LIGHTROOM)]
    copied = drop_folded(unite(flat), own) if tags or before.copied else []
    copied_nested = drop_folded(unite(nested), block.list_own(LIGHTROOM)) if copied else []
    known = _list_known([block, *others]) + list(refused)
    new = {tag: value for tag, value in tags if tag in drop_folded([tag], known)}
    if not new:  # nothing of ours hides what is elsewhere
        copied, copied_nested = [], []
    marker = Marker(
        tuple(new),
        tuple(f"{value:.4f}" for value in new.values()),
        unite([*copied, *copied_nested]),
        refused,
        tagger if new or refused else "",
    )
    wanted = {
        SUBJECT: [*own, *copied, *new],
        LIGHTROOM: [*block.list_own(LIGHTROOM), *copied_nested, *new],
        **list_values(marker),
    }
    if read_list(block.xmp, DIGIKAM):  # digiKam reads this list in place of the others
        wanted[DIGIKAM] = [*block.list_own(DIGIKAM), *new]
    return _compare(block, wanted, tuple(new), iptc)


def remove_ours(block: MetadataBlock) -> KeywordChanges:
    """Plan how phototags' keywords and marker leave a file; copies of a person's stay."""
    written = block.marker.tags
    lists = [SUBJECT, *HIERARCHIES]
    wanted = {key: drop_folded(read_list(block.xmp, key), written) for key in lists}
    return _compare(block, wanted | list_values(Marker()), (), iptc=False)


def _list_known(blocks: Iterable[MetadataBlock]) -> list[str]:
    """A person's keywords in some files, and the levels of hierarchical ones."""
    known = []
    for block in blocks:
        known += block.own_subject + block.own_iptc
        for key, separator in HIERARCHIES.items():
            for text in block.list_own(key):
                known += split_hierarchy(text, separator)
    return known


def _compare(
    block: MetadataBlock, wanted: dict[str, list[str]], new: tuple[str, ...], iptc: bool
) -> KeywordChanges:
    """What differs from the values that a file has."""
    xmp = {key: value for key, value in wanted.items() if value != read_list(block.xmp, key)}
    current = block.iptc.get(IPTC_KEYWORDS, [])
    keywords = drop_folded(current, block.marker.tags)
    if iptc or keywords != current:
        keywords = keywords + [tag for tag in new if len(tag.encode()) <= MAX_IPTC]
    return KeywordChanges(
        xmp,
        keywords if keywords != current else None,
        tuple(drop_folded(new, block.ours)),
        tuple(drop_folded(block.ours, new)),
    )


def check_iptc(block: MetadataBlock) -> None:
    """Refuse IPTC of an unnamed character set: other texts of it would be read as UTF-8.

    Raises:
        PhotoError: `iptc_character_set`.
    """
    texts = (text for key, one in block.iptc.items() for text in one if key != CHARACTER_SET)
    if block.iptc.get(CHARACTER_SET) != [UTF8] and not all(map(str.isascii, texts)):
        raise PhotoError(
            "iptc_character_set",
            "expected IPTC in UTF-8, found letters in another character set, which IPTC does not "
            "name. Write XMP alone.",
        )
