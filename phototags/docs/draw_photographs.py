"""Draw photographs that may be shown, with the tags of the tagger in the box, for the README.

    python -m phototags.docs.draw_photographs docs/photographs.jpg

The photographs are wallpapers of Debian packages, under Creative Commons licences, chosen by the
hash of their content. None was learned from.
"""

import sys
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from phototags.commands import common
from phototags.download.debian import download_package, unpack_package
from phototags.io.storage import hash_file
from phototags.photos.archives import TarArchive

PACKAGES = ("lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04")
COUNT, TAGS, PRECISION = 8, 6, 0.5
MAX_BYTES = 50_000_000  # of one file; the largest has a seventh of it
LEGEND = (
    "The first tags at --precision 0.5 of photographs that the tagger never saw: wallpapers of "
    "Debian packages, chosen by the hash of their content, not by hand."
)


def main() -> None:
    """Write the sheet to the path given."""
    common.prepare_backbone(common.BOX)  # sets the instructions before torch is imported
    from phototags.export.tag_photos import load_exported, tag_photos
    from phototags.photos.gallery import make_thumbnail
    from phototags.report.figures.examples import CARD, Example, plot_examples

    exported, examples = load_exported(common.BOX, precision=PRECISION), []
    with TemporaryDirectory() as folder:
        licences = dict(pair for name in PACKAGES for pair in unpack(name, Path(folder)))
        photos = sorted(Path(folder).glob("*.jpg"), key=hash_file)[:COUNT]
        for tagged in tag_photos(exported, map(str, photos), TAGS):
            photo = Path(tagged.photo)
            title, _, author = photo.stem.replace("_", " ").partition(" by ")
            tags = tuple((tag, False) for tag, _ in tagged.tags)
            picture = make_thumbnail(photo.read_bytes(), CARD)
            credit = f"{title}, {author}".strip(", ")
            examples.append(Example(picture, tags, (), credit, licences[photo.name]))
    plot_examples(examples, sys.argv[1], LEGEND)


def unpack(package: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Write the JPEG files of a Debian package to a folder, and yield the licence of each."""
    deb, tar = folder / f"{package}.deb", folder / f"{package}.tar"
    download_package(package, deb)
    unpack_package(deb, tar)
    with TarArchive(tar) as archive:
        (copyrights,) = archive.list_names("usr/share/doc", "/copyright")
        licences = dict(read_licences(archive.read(copyrights, MAX_BYTES).decode()))
        for path in archive.list_names("", ".jpg"):
            name = PurePosixPath(path).name
            if name in licences:
                (folder / name).write_bytes(archive.read(path, MAX_BYTES))
                yield name, licences[name]


def read_licences(text: str) -> Iterator[tuple[str, str]]:
    """The licence of each file that a machine-readable debian/copyright names, by its name.

    >>> dict(read_licences("Format: x\\n\\nFiles: 16.04/a.jpg b.jpg\\nLicense: CC-BY-4.0\\n text"))
    {'a.jpg': 'CC-BY-4.0', 'b.jpg': 'CC-BY-4.0'}
    """
    for paragraph in text.split("\n\n"):
        fields = Parser().parsestr(paragraph.lstrip("\n"))
        licence = (fields["License"] or "").partition("\n")[0]
        for file in (fields["Files"] or "").split():
            yield PurePosixPath(file).name, licence


if __name__ == "__main__":
    main()
