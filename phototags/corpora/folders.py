"""Pictures whose folders say what is on them, as ImageNet's and torchvision's ImageFolder have it.

`images.tar` with [images/][train/ or val/ or test/]CLASS/any/folders/picture.jpg. The one tag of
a picture is its CLASS; a class that is a number of WordNet 3.0 (`n01440764`) is the most usual
word of that synset (`tench`), so two synsets of one word (`crane`) are one tag.
"""

import re
from pathlib import Path, PurePosixPath

import pandas as pd

from phototags.corpora.table import pictures
from phototags.errors import CorpusError
from phototags.photos.archives import Archive
from phototags.photos.table import Drop, photo_table
from phototags.tags.wordnet import WordNet

__all__ = ["list_photos", "pictures"]

STEP = "list_photos"
PARTS = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation"}
PARTS |= {"test": "test"}
ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
SYNSET = re.compile(r"n\d{8}")


def list_photos(source: Path, wordnet: Path | None = None) -> tuple[pd.DataFrame, list[Drop]]:
    """Every picture that lies in a folder of a class, in the order of their names.

    The split is that of the folders where they have one. Without a part `test`, which ImageNet
    keeps secret, its validation photos are the test, as everybody uses them.

    Raises:
        CorpusError: when there is no such picture, or classes are synsets and WordNet is missing.
        SourceError: when a class looks like a synset, but WordNet 3.0 has none there.
    """
    with Archive(source / "images.tar") as archive:
        names = archive.names("", "")
    rows, drops = [], []
    for name in names:
        photo_id = name.removeprefix("images/")
        part, folders = _placed(photo_id)
        if not name.lower().endswith(ENDINGS):
            drops.append(Drop(STEP, photo_id, "no_picture", "its name does not end as a picture's"))
        elif not folders:
            drops.append(Drop(STEP, photo_id, "no_folder", "it lies in the folder of no class"))
        else:
            rows.append({"photo_id": photo_id, "file": name, "split": part, "class": folders[0]})
    if not rows:
        raise CorpusError(
            f"{source / 'images.tar'} should have pictures in folders, CLASS/picture.jpg or "
            f"train/CLASS/picture.jpg, but none of its {len(names)} files is one. Correct "
            "corpora.tables in params.yaml (`tags: listed` reads a photos.tsv), or the folders."
        )
    words = _words({row["class"] for row in rows}, wordnet)
    tested = any(row["split"] == "test" for row in rows)
    for row in rows:
        row["tags"] = [words[row["class"]]]
        if row["split"] == "validation" and not tested:
            row["split"] = "test"
    return photo_table(rows), drops


def _placed(photo_id: str) -> tuple[str | None, list[str]]:
    """The part of a picture and the folders below it, from the class on."""
    *folders, _ = PurePosixPath(photo_id).parts
    part = PARTS.get(folders[0]) if folders else None
    return part, folders[1:] if part else folders


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
