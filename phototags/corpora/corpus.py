"""What is known of a corpus before anything is fetched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from phototags.corpora.source_addresses import PUBLISHED_FILES, Published
from phototags.download.sources import Source


@dataclass(frozen=True)
class Corpus:
    """A corpus by name.

    Args:
        name: the folder of its files in `data/corpora`.
        reader: the name of its reader in `phototags.corpora.readers`.
        photos: how many photos it lists, at most; known before anything is fetched, because
            it says how many shards there are.
        sources: its files.
        licence: of its pictures.
        citation: whom to cite.
        pictures: whether they are `packaged` in the sources or on the `web`, each at its photo_url.
        sample: how many photos are taken of it, chosen by a hash of their ids; None takes all.
        fields: columns of the photo table that it fills, besides photo_id and file.
        collection: the folder of its sources, which corpora on the same files share.
    """

    name: str
    reader: str
    photos: int
    sources: tuple[Source, ...]
    licence: str
    citation: str
    pictures: Literal["packaged", "web"] = "packaged"
    sample: int | None = None
    fields: str = "tags"
    collection: str = ""

    @property
    def files(self) -> list[str]:
        """Names of its files under `data/sources/{folder}`."""
        return [source.file for source in self.sources]

    @property
    def folder(self) -> str:
        """The folder of its sources under `data/sources`."""
        return self.collection or self.name

    def limit(self, photos: int | None) -> "Corpus":
        """The same corpus, of which only a sample is taken; None leaves it as it is."""
        if photos is None:
            return self
        known = self.photos if self.sample is None else photos
        return replace(self, photos=min(known, photos), sample=photos)


def make_corpus(
    name: str,
    photos: int,
    paths: Iterable[str] = (),
    packages: Iterable[str] = (),
    *,
    reader: str = "",
    licence: str,
    citation: str,
    **more,
) -> Corpus:
    """Describe a corpus of Debian packages, kept as tars, and of files of a mirror or the web.

    Args:
        paths: of files in a mirror; a compressed tar is called as it is kept, `.tar`.
        reader: the corpus' own name, where empty.
        more: other fields of the corpus.
    """
    terms = {"licence": licence, "citation": citation}
    sources = [
        Source(f"{package}.tar", f"{name}/{package}.deb", package=package, **terms)
        for package in packages
    ]
    for path in paths:
        folder, _, file = path.rpartition("/")
        published = PUBLISHED_FILES.get(path, Published())
        there = (published.url or file).rpartition("/")[2]
        sources.append(Source(file, f"{folder}/{there}", **published._asdict(), **terms))
    return Corpus(name, reader or name, photos, tuple(sources), **terms, **more)
