"""What is known of a corpus before anything is fetched."""

from dataclasses import dataclass, replace
from typing import Literal

from phototags.corpora.checksums import SHA256
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

    def sampled(self, photos: int | None) -> "Corpus":
        """The same corpus, of which only so many photos are taken; None leaves it as it is."""
        if photos is None:
            return self
        known = self.photos if self.sample is None else photos
        return replace(self, photos=min(known, photos), sample=photos)


def corpus_of(
    name: str,
    reader: str,
    photos: int,
    *,
    packages: tuple[str, ...] = (),
    mirrored: tuple[str, ...] = (),
    licence: str,
    citation: str,
    pictures: Literal["packaged", "web"] = "packaged",
) -> Corpus:
    """A corpus of Debian packages, kept as tars, and of files that only a mirror has."""
    terms = {"licence": licence, "citation": citation}
    sources = [
        Source(f"{package}.tar", f"{name}/{package}.deb", package=package, **terms)
        for package in packages
    ] + [
        Source(path.rpartition("/")[2], path, sha256=SHA256.get(path), **terms) for path in mirrored
    ]
    return Corpus(name, reader, photos, tuple(sources), **terms, pictures=pictures)
