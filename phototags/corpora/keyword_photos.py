"""Pictures whose tags are their own keywords, in the files and in sidecars beside them.

`images.tar` with pictures in any folders. Keywords that phototags wrote are left out.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from phototags.corpora.class_folders import find_pictures
from phototags.corpora.reader import ImagesTarReader
from phototags.errors import CorpusError
from phototags.io.escapes import show
from phototags.keywords.hierarchies import Levels
from phototags.keywords.metadata_block import read_block
from phototags.keywords.own_metadata import OwnMetadata, combine
from phototags.keywords.sidecars import choose_sidecars
from phototags.photos.archives import TarArchive
from phototags.photos.folders import describe_counts, drop_system_paths
from phototags.photos.metadata import MAX_METADATA
from phototags.photos.photo_table import Drop
from phototags.photos.picture_files import MAX_BYTES

TOP = "images/"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeywordPhotos(ImagesTarReader):
    """Read every picture with its keywords, title, description and date, in the order of names.

    Args:
        levels: which levels of hierarchical keywords are tags.

    Raises a CorpusError when no picture has a keyword, a PhototagsError without pyexiv2.
    """

    levels: Levels = "all"

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        path, damaged = source / "images.tar", Counter()
        with TarArchive(path) as archive:
            own, passed_over = drop_system_paths(archive.list_names("", ""))
            names, drops = find_pictures(archive, own)
            rows = []
            for name, found in self._read_keywords(archive, names, own):
                damaged += found.damaged
                rows.append(_make_row(name, found))
        for what, counts in (("passed over", passed_over), ("damaged metadata", damaged)):
            if counts:
                log.info("%s: %s: %s", path, what, describe_counts(counts))
        tagged = sum(bool(row["tags"]) for row in rows)
        log.info("%s: %d of %d pictures have keywords", path, tagged, len(rows))
        if not tagged:
            raise CorpusError(
                f"{path} should have pictures with keywords in XMP or IPTC, or in sidecars beside "
                f"them, but none of {len(rows)} has one. Give them keywords, or list the tags in a "
                "photos.tsv and leave `tags: keywords` out of params.yaml."
            )
        yield from (*rows, *drops)

    def _read_keywords(
        self, archive: TarArchive, names: list[str], own: list[str]
    ) -> Iterator[tuple[str, OwnMetadata]]:
        beside = defaultdict(set)
        for name in map(show, own):  # as pictures are named
            folder, _, file = name.rpartition("/")
            beside[folder].add(file)
        for name in names:
            folder, slash, file = name.rpartition("/")
            found = beside[folder]
            sidecars = choose_sidecars(file, found.__contains__, lambda found=found: found)
            blocks = [
                read_block(archive.read(folder + slash + one, MAX_METADATA) or b"", "sidecar")
                for one in sidecars
            ]
            blocks.append(read_block(archive.read(name, MAX_BYTES) or b""))
            yield name, combine(blocks, self.levels)


def _make_row(name: str, found: OwnMetadata) -> dict:
    return {
        "photo_id": PurePosixPath(name.removeprefix(TOP)).as_posix(),
        "file": name,
        "tags": list(found.keywords),
        "title": found.title,
        "description": found.description,
        "taken_at": found.taken and found.taken.isoformat(" "),
    }
