"""ESP Game: words on which two strangers agreed while they looked at the same picture.

von Ahn & Dabbish, Labeling Images with a Computer Game, CHI 2004. `esp_game` has every agreed
word of each picture (`.desc`, one a line); `esp_game-268` the 20,770 pictures and 268 words of
TagProp (Guillaumin et al., ICCV 2009). Users are unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.formats.hvecs import read_parts
from phototags.corpora.reader import Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.io.texts import decode_text
from phototags.photos.archives import TarArchive
from phototags.photos.photo_table import Drop

FOLDERS = ("originals", "images")  # of two copies of the archive
MAX_TEXT = 100_000  # bytes; a picture has some ten words


@dataclass(frozen=True)
class EspGame(Reader):
    """Read the pictures that have words, in the order of their names.

    Args:
        tagprop: the pictures and words of TagProp's lists instead, in their order.
    """

    archives = ("ESP-ImageSet.tar",)
    tagprop: bool = False

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        with TarArchive(source / self.archives[0]) as archive:
            files = _find_pictures(archive)
            if self.tagprop:
                yield from _read_lists(files, source / "espgame.20091111.tar")
            else:
                yield from _read_words(files, archive)


def _find_pictures(archive: TarArchive) -> dict[str, str]:
    """The path of each picture by its name without `.jpg`."""
    files = {
        Path(name).stem: name
        for name in archive.list_names("", ".jpg")
        if Path(name).parent.name in FOLDERS
    }
    if not files:
        raise CorpusError(
            f"expected pictures in a folder {' or '.join(FOLDERS)} of {archive.path}, found none"
        )
    return files


def _read_words(files: dict[str, str], archive: TarArchive) -> Iterator[dict | Drop]:
    """Every picture and the lines of its `.desc`, which is named `NAME.jpg.desc` or `NAME.desc`."""
    texts = {Path(name).stem.removesuffix(".jpg"): name for name in archive.list_names("", ".desc")}
    if not texts:
        raise CorpusError(f"expected .desc files of words in {archive.path}, found none")
    for name in show_progress(sorted(files), "reading words"):
        if name not in texts:
            yield drop_photo(name, "no_words", "the archive has no .desc of the picture")
            continue
        content = (archive.read(texts[name], MAX_TEXT) or b"")[:MAX_TEXT]
        words = map(str.strip, decode_text(content, str(archive.path)).splitlines())
        tags = list(dict.fromkeys(filter(None, words)))
        yield {"photo_id": name, "tags": tags, "file": files[name]}


def _read_lists(files: dict[str, str], tar: Path) -> Iterator[dict | Drop]:
    """The pictures of TagProp's lists, which name them `97/15097`."""
    for part, listed, words in read_parts(tar, "espgame"):
        name = listed.rpartition("/")[2]
        if name in files:
            yield {"photo_id": name, "tags": words, "split": part, "file": files[name]}
        else:
            yield drop_photo(name, "no_picture", f"{listed} of the {part} list")
