"""Tux Paint's stamps: small pictures, half of them photographs, each with a caption for children.

Nobody tagged them: a stamp's tags are the nouns of its English caption and the names of the
folders it is filed in. Letters, digits, coins and other symbols are left out. Users are unknown.
"""

from collections.abc import Iterator
from pathlib import Path

from phototags.corpora.formats.captions import find_nouns, read_nouns
from phototags.corpora.reader import Reader, drop_photo
from phototags.errors import CorpusError, PhotoError
from phototags.io.progress import show_progress
from phototags.io.texts import decode_text
from phototags.photos.archives import TarArchive
from phototags.photos.photo_table import Drop
from phototags.tags.wordnet import WordNet

STAMPS = "usr/share/tuxpaint/stamps"
MAX_CAPTION = 100_000  # bytes; a caption file holds a line for each of some hundred languages


class TuxPaint(Reader):
    """Read every stamp that is no symbol, in the order of their names."""

    archives = ("tuxpaint-stamps-default.tar",)

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        nouns = read_nouns(wordnet, "tuxpaint")
        with TarArchive(source / self.archives[0]) as archive:
            names = archive.list_names(STAMPS, ".png")
            if not names:
                raise CorpusError(
                    f"expected PNG stamps under {STAMPS} in {archive.path}, found none"
                )
            for name in show_progress(names, "reading captions"):
                photo_id = name.removeprefix(STAMPS + "/").removesuffix(".png")
                try:
                    if photo_id.startswith("symbols/"):
                        raise PhotoError("symbol", "a letter, a digit or another symbol")
                    yield _make_row(photo_id, _read_caption(archive, name), name, nouns)
                except PhotoError as error:
                    yield drop_photo(photo_id, error.reason, str(error))


def _make_row(photo_id: str, caption: str, file: str, nouns: WordNet) -> dict:
    folders = photo_id.split("/")[:-1]
    tags = find_nouns(caption, nouns) + [nouns.lemma(folder) for folder in folders]
    return {
        "photo_id": photo_id,
        "tags": list(dict.fromkeys(tags)),
        "title": caption,
        "licence": "GPL-2",
        "author": "Tux Paint contributors",
        "file": file,
    }


def _read_caption(archive: TarArchive, name: str) -> str:
    """The first line of the text beside the stamp; a mirrored stamp shares its twin's."""
    stem = name.removesuffix(".png")
    for path in (f"{stem}.txt", f"{stem.removesuffix('_mirror')}.txt"):
        content = archive.read(path, MAX_CAPTION)
        if content is not None:
            break
    else:
        raise PhotoError("no_caption", "the stamp has no text beside it")
    caption = decode_text(content, str(archive.path)).partition("\n")[0].strip()
    if not caption:
        raise PhotoError("no_caption", f"the first line of {path} is empty")
    return caption
