"""Base classes of the readers of corpora."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.archives import Archive, TarArchive, ZipArchive
from phototags.photos.hash_sampling import choose_by_hash
from phototags.photos.packing import PhotoFile, read_photo_files
from phototags.photos.photo_table import Drop, make_photo_table

Listing = tuple[pd.DataFrame, list[Drop]]
"""A photo table, and the photos that were left out."""
Pictures = Iterator[PhotoFile]
drop_photo = partial(Drop, "list_photos")
"""(photo_id, reason, detail="") -> Drop, for a photo that a reader leaves out."""


class Reader:
    """Read the photos of one layout of sources.

    Attributes:
        archives: names of the tars and zips that hold the pictures; each picture is read from the
            first that has it. Empty when the pictures are on the web.
    """

    archives: tuple[str, ...] = ()

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        """Yield each photo as a dict of columns of the photo table, or as a drop, in order.

        Args:
            source: folder of the sources.
            wordnet: the package or folder of WordNet; None where it is missing.

        Raises:
            ArchiveError: when an archive is missing or damaged.
            CorpusError: when a file has another layout, or WordNet is needed and missing.
        """
        raise NotImplementedError

    def list_blocks(
        self, source: Path, wordnet: Path | None = None, sample: int | None = None
    ) -> Iterator[Listing]:
        """Yield the photo table in blocks, of a sample of the photos if wanted, with the drops.

        One block holds all photos, but of a corpus that is larger than memory.
        """
        rows, drops = [], []
        for one in self.read_rows(source, wordnet):
            (drops if isinstance(one, Drop) else rows).append(one)
        yield sample_photos(make_photo_table(rows), sample), drops

    def list_photos(
        self, source: Path, wordnet: Path | None = None, sample: int | None = None
    ) -> Listing:
        """Make the whole photo table, and the list of drops."""
        tables, drops = zip(*self.list_blocks(source, wordnet, sample), strict=True)
        return pd.concat(tables, ignore_index=True), list(chain.from_iterable(drops))

    def read_pictures(self, source: Path, listing: pd.DataFrame, max_bytes: int) -> Pictures:
        """Read the picture of each listed photo, cut one byte after `max_bytes`.

        Raises:
            ArchiveError: when an archive is missing or damaged.
            CorpusError: when the pictures are on the web: the listing's photo_url says where.
        """
        if not self.archives:
            raise CorpusError(
                f"the pictures of the corpus in {source} are on the web, not in its files: they "
                "come by the rule download_photos, not by pack_photos."
            )
        return self._find_pictures(source, listing, max_bytes)

    def _find_pictures(self, source: Path, listing: pd.DataFrame, max_bytes: int) -> Pictures:
        with ExitStack() as stack:
            opened = []
            for name in self.archives:
                kind = TarArchive if name.endswith(".tar") else ZipArchive
                opened.append(stack.enter_context(kind(source / name)))
            yield from read_photo_files(listing, max_bytes, *opened)


class ImagesTarReader(Reader):
    """Read the pictures of an `images.tar`, whose top folder `images/` a `file` may leave out."""

    archives = ("images.tar",)

    def _find_pictures(self, source: Path, listing: pd.DataFrame, max_bytes: int) -> Pictures:
        with TarArchive(source / "images.tar") as archive:
            files = [one if archive.find(one) else f"images/{one}" for one in listing["file"]]
            yield from read_photo_files(listing.assign(file=files), max_bytes, archive)


def sample_photos(listing: pd.DataFrame, sample: int | None) -> pd.DataFrame:
    """Keep the photos whose ids have the smallest sha256, in the listing's order; None keeps all.

    So a sample holds every smaller one.
    """
    if sample is None or len(listing) <= sample:
        return listing
    chosen = sorted(choose_by_hash(listing["photo_id"].tolist(), sample))
    return listing.iloc[chosen].reset_index(drop=True).assign(row=np.arange(sample))


def find_file(archive: Archive, file: str) -> str:
    """Find the first path that ends with `file`, in any folder; `file` itself where none does.

    Args:
        file: a name, or the last folders and a name.
    """
    paths = archive.list_names("", file.lower())
    return next((path for path in paths if f"/{path}".endswith(f"/{file}")), file)


def read_file(archive: Archive, file: str, max_bytes: int) -> bytes:
    """Read a file that lies in any folder of an archive.

    Raises:
        CorpusError: when there is none, or it has more bytes.
    """
    content = archive.read(find_file(archive, file), max_bytes)
    if content is None or len(content) > max_bytes:
        raise CorpusError(f"expected {file} with at most {max_bytes} bytes in {archive.path}")
    return content
