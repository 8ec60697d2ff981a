"""What is known of a corpus before anything is fetched."""

from dataclasses import dataclass

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
    """

    name: str
    reader: str
    photos: int
    sources: tuple[Source, ...]
    licence: str
    citation: str

    @property
    def files(self) -> list[str]:
        """Names of its files under `data/sources/{name}`."""
        return [source.file for source in self.sources]


def corpus_of(
    name: str,
    reader: str,
    photos: int,
    *,
    packages: tuple[str, ...] = (),
    mirrored: tuple[str, ...] = (),
    licence: str,
    citation: str,
) -> Corpus:
    """A corpus of Debian packages, kept as tars, and of files that only a mirror has."""
    terms = {"licence": licence, "citation": citation}
    sources = [
        Source(f"{package}.tar", f"{name}/{package}.deb", package=package, **terms)
        for package in packages
    ] + [
        Source(path.rpartition("/")[2], path, sha256=SHA256.get(path), **terms) for path in mirrored
    ]
    return Corpus(name, reader, photos, tuple(sources), **terms)
