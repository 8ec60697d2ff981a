"""Pictures whose folders say what is on them, as ImageNet's and torchvision's ImageFolder have it.

`images.tar` with [any folders around all/][train/ or val/ or test/]CLASS/any/folders/picture.jpg.
The one tag of a picture is its CLASS; a class that is a number of WordNet 3.0 (`n01440764`) is
the most usual word of that synset (`tench`), so two synsets of one word (`crane`) are one tag.
"""

import logging
import re
from pathlib import Path

import pandas as pd

from phototags.corpora.own_table import pictures
from phototags.errors import CorpusError
from phototags.photos.archives import Archive
from phototags.photos.table import Drop, photo_table
from phototags.tags.wordnet import WordNet

__all__ = ["list_photos", "pictures"]

STEP = "list_photos"
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
PARTS |= dict.fromkeys(("val", "valid", "validation"), "validation")
ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
HIDDEN = re.compile(r"\.|__MACOSX$")
SYNSET = re.compile(r"n\d{8}")
log = logging.getLogger(__name__)


def list_photos(source: Path, wordnet: Path | None = None) -> tuple[pd.DataFrame, list[Drop]]:
    """Every picture that lies in a folder of a class, in the order of their names.

    The split is that of the folders where all are parts. Without a part `test`, which ImageNet
    keeps secret, its validation photos are the test, as everybody uses them.

    Raises:
        CorpusError: when there are no two classes, when a class is tested that none of the
            training photos has, or when classes are synsets and WordNet is missing.
        SourceError: when a class looks like a synset, but WordNet 3.0 has none there.
    """
    path = source / "images.tar"
    with Archive(path) as archive:
        names = archive.names("", "")
    named, drops = _pictures(names)
    log.info("%s: %d of %d files are pictures", path, len(named) + len(drops), len(names))
    rows, others = _classified(_without_what_is_around_all(named))
    _check(path, rows)
    words = _words({row["class"] for row in rows}, wordnet)
    tested = any(row["split"] == "test" for row in rows)
    for row in rows:
        row["tags"] = [words[row["class"]]]
        if row["split"] == "validation" and not tested:
            row["split"] = "test"
    return photo_table(rows), drops + others


def _pictures(names: list[str]) -> tuple[list[str], list[Drop]]:
    """The names that end as a picture's, but for hidden ones, and those that no table can hold."""
    named, drops = [], []
    for name in names:
        said = name.encode("utf-8", "backslashreplace").decode()
        if not name.lower().endswith(ENDINGS):
            continue
        if said != name or name.startswith(("/", "../")):
            drops.append(Drop(STEP, said, "bad_name", "it is no UTF-8, or leads out of the tar"))
        elif not any(HIDDEN.match(one) for one in name.split("/")):
            named.append(name)
    return named, drops


def _without_what_is_around_all(names: list[str]) -> dict[str, list[str]]:
    """The folders of each picture, without those that are around all pictures and no part."""
    folders = {name: name.split("/")[:-1] for name in names}
    while True:
        first = {of[0] if of else "" for of in folders.values()}
        deeper = any(len(of) > 1 for of in folders.values())
        if len(first) != 1 or not deeper or first.pop().lower() in PARTS:
            return folders
        folders = {name: of[1:] for name, of in folders.items()}


def _classified(folders: dict[str, list[str]]) -> tuple[list[dict], list[Drop]]:
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
            drops.append(Drop(STEP, photo_id, "no_folder", "it lies in the folder of no class"))
    return rows, drops


def _check(path: Path, rows: list[dict]) -> None:
    """Refuse what is laid out otherwise, rather than learn the names of other folders."""
    known = {row["class"] for row in rows}
    learned = {row["class"] for row in rows if row["split"] in ("train", None)}
    unlearned = sorted(known - learned) if learned else []
    found = f"{unlearned[0]!r} has no training picture" if unlearned else None
    if len(known) < 2:
        found = f"found {len(known)} classes in {len(rows)} pictures"
    if found:
        raise CorpusError(
            f"{path} should have pictures in the folders of two classes or more, CLASS/picture.jpg "
            f"or train/CLASS/picture.jpg, val/CLASS/picture.jpg, but {found}. Correct the folders, "
            "or list the pictures in a photos.tsv and leave `tags: folders` out of params.yaml."
        )


def _words(classes: set[str], wordnet: Path | None) -> dict[str, str]:
    """The tag of each class."""
    synsets = sorted(name for name in classes if SYNSET.fullmatch(name))
    if synsets and wordnet is None:
        raise CorpusError(f"{synsets[0]} is a synset, and WordNet is needed to name it; found none")
    words = {name: name for name in classes}
    if synsets:
        nouns = WordNet.read(wordnet)
        words |= {name: nouns.words(name)[0] for name in synsets}
    return words
