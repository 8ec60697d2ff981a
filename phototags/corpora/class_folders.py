"""Pictures in folders named after their class, as in ImageNet and torchvision's ImageFolder.

`images.tar` with [common folders/][train/ or val/ or test/]CLASS/any/folders/picture.jpg.
The one tag of a picture is its CLASS; a class that is a number of WordNet 3.0 (`n01440764`) is
the most usual word of that synset (`tench`), so two synsets of one word (`crane`) are one tag.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from phototags.corpora.reader import ImagesTarReader, drop_photo
from phototags.errors import CorpusError
from phototags.io.escapes import show
from phototags.photos.archives import TarArchive
from phototags.photos.file_kinds import (
    PICTURES,
    SNIFFED,
    SUFFIXES,
    UNREAD_SUFFIXES,
    is_read,
    name_kind,
)
from phototags.photos.folders import describe_counts, drop_system_paths
from phototags.photos.photo_table import Drop
from phototags.tags.wordnet import WordNet

PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
PARTS |= dict.fromkeys(("val", "valid", "validation"), "validation")
SYNSET = re.compile(r"n\d{8}")
log = logging.getLogger(__name__)


class ClassFolders(ImagesTarReader):
    """Read every picture that lies in a folder of a class, in the order of their names.

    The split is that of the folders where all are parts. Without a part `test`, which ImageNet
    keeps secret, its validation photos are the test part, as is usual.

    Raises a CorpusError when there are fewer than two classes, when a tested class has no training
    photo, or when classes are synsets and WordNet is missing; a SourceError when WordNet 3.0 does
    not have a synset.
    """

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        path = source / "images.tar"
        with TarArchive(path) as archive:
            names = archive.list_names("", "")
            own, passed_over = drop_system_paths(names)
            named, drops = find_pictures(archive, own)
        log.info("%s: %d of %d files are pictures", path, len(named) + len(drops), len(names))
        if passed_over:
            log.info("%s: passed over: %s", path, describe_counts(passed_over))
        rows, unclassified = _classify(_strip_common_folders(named))
        _check_classes(path, rows)
        words = _name_classes({row["class"] for row in rows}, wordnet)
        test_part = any(row["split"] == "test" for row in rows)
        for row in rows:
            row["tags"] = [words[row["class"]]]
            if row["split"] == "validation" and not test_part:
                row["split"] = "test"
        yield from (*rows, *drops, *unclassified)


def find_pictures(archive: TarArchive, names: Iterable[str]) -> tuple[list[str], list[Drop]]:
    """The names of pictures, and drops of those of kinds that are not read or that lead out."""
    pictures, drops = [], []
    for name in names:
        suffix = PurePosixPath(name).suffix.lower()
        kind = SUFFIXES.get(suffix)  # packing looks at the content of each
        if kind is None:
            kind = name_kind(archive.read(name, 4 * SNIFFED) or b"") or UNREAD_SUFFIXES.get(suffix)
        if kind in PICTURES:
            drops.append(drop_photo(show(name), "not_an_image", f"{kind} is not read"))
        elif not is_read(kind):
            continue
        elif name.startswith(("/", "../")):
            drops.append(drop_photo(show(name), "bad_name", "it leads out of the tar"))
        else:
            pictures.append(show(name))  # the tar finds it by that form too
    return pictures, drops


def _strip_common_folders(names: list[str]) -> dict[str, list[str]]:
    """The folders of each picture, less top folders that all share and that are no part."""
    folders = {name: name.split("/")[:-1] for name in names}
    while True:
        first = {of[0] if of else "" for of in folders.values()}
        deeper = any(len(of) > 1 for of in folders.values())
        if len(first) != 1 or not deeper or first.pop().lower() in PARTS:
            return folders
        folders = {name: of[1:] for name, of in folders.items()}


def _classify(folders: dict[str, list[str]]) -> tuple[list[dict], list[Drop]]:
    """The class and part of each picture by its folders, and those that lie in no class."""
    split = all(of[0].lower() in PARTS for of in folders.values() if of)
    rows, drops = [], []
    for name, of in folders.items():
        photo_id = "/".join([*of, name.split("/")[-1]])
        part, *classes = (of or [None])[:2] if split else [None, *of[:1]]
        if classes:
            row = {"photo_id": photo_id, "file": name, "class": classes[0]}
            rows.append(row | {"split": part and PARTS[part.lower()]})
        else:
            drops.append(drop_photo(photo_id, "no_folder", "it lies in the folder of no class"))
    return rows, drops


def _check_classes(path: Path, rows: list[dict]) -> None:
    """Refuse other layouts, rather than learn the names of other folders as tags."""
    known = {row["class"] for row in rows}
    training = {row["class"] for row in rows if row["split"] in ("train", None)}
    untrained = sorted(known - training) if training else []
    found = f"{untrained[0]!r} has no training picture" if untrained else None
    if len(known) < 2:
        found = f"found {len(known)} classes in {len(rows)} pictures"
    if found:
        raise CorpusError(
            f"{path} should have pictures in the folders of two classes or more, CLASS/picture.jpg "
            f"or train/CLASS/picture.jpg, val/CLASS/picture.jpg, but {found}. Correct the folders, "
            "or list the pictures in a photos.tsv and leave `tags: folders` out of params.yaml."
        )


def _name_classes(classes: set[str], wordnet: Path | None) -> dict[str, str]:
    """The tag of each class."""
    synsets = sorted(name for name in classes if SYNSET.fullmatch(name))
    if synsets and wordnet is None:
        raise CorpusError(f"{synsets[0]} is a synset, and WordNet is needed to name it; found none")
    words = {name: name for name in classes}
    if synsets:
        nouns = WordNet.read(wordnet)
        words |= {name: nouns.words(name)[0] for name in synsets}
    return words
