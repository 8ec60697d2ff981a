"""Fetch the files of a corpus from a mirror, a package or the web, with a receipt of each."""

import os
from dataclasses import dataclass
from pathlib import Path

from phototags.download import debian, decompression, mirror
from phototags.errors import SourceError
from phototags.io.storage import atomic_write


@dataclass(frozen=True)
class Source:
    """One file of a corpus.

    Args:
        file: its name here. A package whose file is a `.tar` is kept unpacked, as the tar of
            its files; any other as it came.
        package: the Debian package to get it from, for `apt-get download`.
        mirror_path: where it lies in a mirror, which is asked first.
        sha256: of what comes, where releases do not differ; apt knows its packages' own.
        licence: what may be done with it.
        citation: who made it.
        url: where its makers publish it, for `.tar` possibly compressed.
        size: bytes of what comes from there.
    """

    file: str
    mirror_path: str
    package: str | None = None
    sha256: str | None = None
    licence: str = "unknown"
    citation: str = ""
    url: str | None = None
    size: int | None = None


def fetch_source(
    source: Source, to: Path | str, mirror_at: str | None
) -> dict[str, str | int | None]:
    """Fetch a file to `to`, from the mirror where it has it, else from where it is published.

    Returns:
        the receipt: where it came from (no address), package, version, bytes, sha256 of what
        came, licence, citation.

    Raises:
        SourceError: when it can't be had, naming what is missing and how to get it, or when
            it is another file than expected.
        ArchiveError: when a package is damaged.
    """
    to = Path(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    arrived = f"{source.package}.deb" if source.package else source.file
    fetched = to.with_name(f".{arrived}.came")  # kept when a download breaks off
    origin, version = "mirror", None
    resume = source.sha256 is not None
    if mirror_at and mirror.copy_from_mirror(mirror_at, source.mirror_path, fetched, resume):
        sha256 = mirror.check_file(fetched, source.sha256, source.mirror_path)
    elif source.package:
        origin = "apt"
        version, sha256 = debian.download_package(source.package, fetched)
    elif source.url:
        origin, sha256 = "web", _download(source, source.url, fetched)
    else:
        raise _missing(source, mirror_at)
    if source.package:
        version = debian.read_version(fetched)
    size = fetched.stat().st_size
    _store(source, fetched, to)
    fetched.with_name(f"{fetched.name}.wrong").unlink(missing_ok=True)
    return {
        "file": source.file,
        "from": origin,
        "package": source.package,
        "version": version,
        "bytes": size,
        "sha256": sha256,
        "licence": source.licence,
        "citation": source.citation,
    }


def _download(source: Source, url: str, fetched: Path) -> str:
    """Fetch from the makers' address, going on where a download with a known hash broke off.

    Returns:
        the sha256 of what came.
    """
    name = url.rpartition("/")[2]
    if not mirror.download_file(url, fetched, source.sha256 is not None, source.size):
        raise SourceError(
            f"{url} is no longer there. Get {name} elsewhere ({source.citation}) and put it into a "
            f"mirror as {source.mirror_path}. docs/corpora.md describes the layout."
        )
    return mirror.check_file(fetched, source.sha256, f"{url} ({source.citation})", source.size)


def _store(source: Source, fetched: Path, to: Path) -> None:
    packed = to.suffix == ".tar" and (source.package or decompression.find_opener(fetched))
    if not packed:
        os.replace(fetched, to)
        return
    unpack = debian.unpack_package if source.package else decompression.decompress
    try:
        with atomic_write(to) as part:
            unpack(fetched, part)
    finally:
        fetched.unlink()


def _missing(source: Source, mirror_at: str | None) -> SourceError:
    asked = f"the mirror {mirror_at} has no such file" if mirror_at else "no mirror is set"
    return SourceError(
        f"{source.mirror_path} is needed, but {asked}. It can't be downloaded from its makers "
        f"({source.licence}): get it ({source.citation or 'from whoever made the corpus'}), put it "
        "into a folder under that path, and name the folder as corpora.mirror in params.yaml or "
        "with `make ... MIRROR=FOLDER`. docs/corpora.md describes the layout."
    )
