"""IAPR TC-12: 20,000 travel photographs with a caption each, of which the nouns are the tags.

Grubinger, Clough, Müller & Deselaers, The IAPR TC-12 Benchmark, OntoImage 2006. `iaprtc12-291`
has the 19,627 photos and 291 nouns of TagProp (Guillaumin et al., ICCV 2009) instead.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phototags.corpora.formats.captions import find_nouns, read_nouns
from phototags.corpora.formats.hvecs import read_parts
from phototags.corpora.reader import Reader, drop_photo
from phototags.errors import CorpusError
from phototags.io.progress import show_progress
from phototags.photos.archives import TarArchive
from phototags.photos.photo_table import Drop

CAPTIONS = "annotations_complete_eng"
FIELD = re.compile(r"<(TITLE|DESCRIPTION|LOCATION|DATE)>(.*?)</\1>", re.DOTALL)
MAX_TEXT = 1_000_000  # bytes; a caption has some five hundred


@dataclass(frozen=True)
class IaprTc12(Reader):
    """Read every captioned photo, in the order of their names.

    Args:
        tagprop: the photos and nouns of TagProp's lists instead, in their order.
    """

    archives = ("iaprtc12.tar",)
    tagprop: bool = False

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        nouns = None if self.tagprop else read_nouns(wordnet, "iaprtc12")
        with TarArchive(source / self.archives[0]) as archive:
            captions = _find_files(archive, f"{CAPTIONS}/", ".eng")
            files = _find_files(archive, "images/", ".jpg")
            listed = ((None, photo_id, None) for photo_id in sorted(captions))
            if self.tagprop:
                listed = read_parts(source / "iaprtc12.20091111.tar", "iaprtc12")
            for part, photo_id, words in show_progress(listed, "reading captions"):
                fields = _read_fields(archive, captions.get(photo_id))
                if photo_id not in files:
                    yield drop_photo(photo_id, "no_picture", "captioned, but not in images/")
                elif not fields and words is None:
                    yield drop_photo(photo_id, "no_caption", "neither title nor description")
                else:
                    if words is None:
                        words = find_nouns(fields.get("DESCRIPTION", ""), nouns)
                    yield {
                        "photo_id": photo_id,
                        "tags": words,
                        "title": fields.get("TITLE"),
                        "description": fields.get("DESCRIPTION"),
                        "taken_at": fields.get("DATE"),
                        "split": part,
                        "file": files[photo_id],
                    }


def _find_files(archive: TarArchive, folder: str, suffix: str) -> dict[str, str]:
    """The path of each file by `NN/NNNN`, in any top folder."""
    files = {
        name.rpartition(folder)[2].removesuffix(suffix): name
        for name in archive.list_names("", suffix)
        if folder in f"/{name}"
    }
    if not files:
        raise CorpusError(f"expected {folder}NN/NNNN{suffix} in {archive.path}, found none")
    return files


def _read_fields(archive: TarArchive, name: str | None) -> dict[str, str]:
    """The fields of a caption that have text, in latin-1; XML-like, but not always valid XML."""
    content = archive.read(name, MAX_TEXT) if name else None
    if content is None:
        return {}
    found = FIELD.findall(content[:MAX_TEXT].decode("latin-1"))
    return {key: text for key, raw in found if (text := " ".join(html.unescape(raw).split()))}
