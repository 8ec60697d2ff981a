"""A WordNet of a few synsets in WordNet's own file format, so that no test needs a download;
and photos with tags as numbers, in parts of three photos, so that every test has several.
"""

from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest

from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import decode_part, encode_photos, write_tags
from phototags.tags.wordnet import WordNet

LICENCE = "  1 This software and database is being provided to you, the LICENSEE.\n"
# name: (lexicographer file, words, hypernym)
SYNSETS = {
    "entity": (3, ["entity"], None),
    "animal": (5, ["animal", "beast"], "entity"),
    "bear": (5, ["bear"], "animal"),
    "brown_bear": (5, ["brown_bear", "Ursus_arctos"], "bear"),
    "person": (18, ["person"], "entity"),
    "man": (18, ["man"], "person"),
    "man_on_a_board": (6, ["man", "piece"], "entity"),
    "workforce": (14, ["work_force", "men"], "entity"),
    "car": (6, ["car", "auto"], "entity"),
    "bus": (6, ["bus"], "entity"),
    "glasses": (6, ["glasses"], "entity"),
    "glass": (6, ["glass"], "entity"),
    "paris": (15, ["Paris"], "entity"),
    "canvas": (6, ["canvas"], "entity"),
    "cola": (13, ["cola"], "entity"),
    "colon": (8, ["colon"], "entity"),
    "ocean": (17, ["ocean"], "entity"),
    "cloud": (19, ["cloud"], "entity"),
    "sea": (17, ["sea"], "entity"),
    "endless": (23, ["sea", "ocean"], "entity"),
    "truck": (6, ["truck"], "entity"),
    "sedan": (6, ["sedan"], "car"),
    "leaf": (20, ["leaf"], "entity"),
    "leave": (4, ["leave"], "entity"),
    "city": (15, ["city"], "entity"),
    "light": (19, ["light"], "entity"),
    "traffic_light": (6, ["traffic_light"], "light"),
}
SENSES_IN_USE = {"man": 2, "colon": 1}
EXCEPTIONS = "cola colon\nleaves leaf leave\nmen man\n"


def write_wordnet(folder: Path) -> None:
    """Two passes, because each line of data.noun names the positions of others."""
    offsets = dict.fromkeys(SYNSETS, 0)
    for _ in range(2):
        text = LICENCE
        for name, (category, words, parent) in SYNSETS.items():
            offsets[name] = len(text)
            pointers = [f"@ {offsets[parent]:08d} n 0000"] if parent else []
            fields = [f"{offsets[name]:08d} {category:02d} n {len(words):02x}"]
            fields += [f"{word} 0" for word in words]
            fields += [f"{len(pointers):03d}", *pointers]
            text += " ".join(fields) + f" | what a {name} is  \n"
    senses = {}
    for name, (_, words, _) in SYNSETS.items():
        for word in words:
            senses.setdefault(word.lower(), []).append(f"{offsets[name]:08d}")
    index = LICENCE
    for word, places in sorted(senses.items()):
        used = SENSES_IN_USE.get(word, 0)
        index += f"{word} n {len(places)} 1 @ {len(places)} {used} {' '.join(places)}  \n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.noun").write_text(text)
    (folder / "index.noun").write_text(index)
    (folder / "noun.exc").write_text(EXCEPTIONS)


@pytest.fixture(scope="session")
def wordnet_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wordnet")
    write_wordnet(folder)
    return folder


@pytest.fixture(scope="session")
def wordnet(wordnet_folder) -> WordNet:
    return WordNet.read(wordnet_folder)


@pytest.fixture(scope="session")
def encode(tmp_path_factory):
    """From a table of photos to its EncodedPhotos."""

    def encode_table(photos, chunk_photos=3):
        folder = Path(mkdtemp(dir=tmp_path_factory.getbasetemp()))
        return encode_photos(photos.to_arrow().to_batches(max_chunksize=chunk_photos), folder)

    return encode_table


@pytest.fixture(scope="session")
def clean_table(encode):
    """From a table of photos to that of their cleaned tags, as it is written, and the spelling;
    `training` is the number of the first photos that are learned from.
    """

    def cleaned(photos, chunk_photos=3, training=None):
        encoded = encode(photos, chunk_photos)
        chosen = training and encoded.map_parts(lambda part: part.filter(pl.col("row") < training))
        tags, spelling = clean_photos(encoded, chosen)
        write_tags(tags.folder / "tags.parquet", tags)
        return pl.read_parquet(tags.folder / "tags.parquet"), spelling

    return cleaned


@pytest.fixture(scope="session")
def texts():
    """From EncodedPhotos to the tags of each, as texts."""
    return lambda photos: [
        tags for part in photos for tags in decode_part(part, photos.tags)["tags"].to_list()
    ]
