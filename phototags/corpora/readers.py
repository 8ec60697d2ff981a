"""The readers by name. Each lists the photos of one layout and finds their pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

import pandas as pd

from phototags.corpora import class_folders as folders
from phototags.corpora import (
    coco,
    esp_game,
    iaprtc12,
    inria,
    mirflickr25k,
    nus_wide,
    openclipart,
    tuxpaint,
    visual_genome,
    yfcc100m,
)
from phototags.corpora import own_table as table
from phototags.errors import CorpusError
from phototags.photos.shards import Found


@dataclass(frozen=True)
class Reader:
    """One way to read a layout.

    Args:
        list_photos: (folder of the sources, WordNet or None) -> photo table and drops.
        pictures: (folder, listing, max_bytes) -> Found for each listed photo.
        samples: whether list_photos takes `sample`, because the whole would not fit in memory.
    """

    list_photos: Callable
    pictures: Callable
    samples: bool = False


def on_the_web(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """There are no pictures among the sources.

    Raises:
        CorpusError: always; the listing's photo_url says where each picture is.
    """
    raise CorpusError(
        f"the pictures of the corpus in {source} are on the web, not in its files: they come by "
        "the rule download_photos, not by pack_photos."
    )


def _reader(module: ModuleType, **choices) -> Reader:
    """The module's reader, with some of its choices made."""
    return Reader(partial(module.list_photos, **choices), getattr(module, "pictures", on_the_web))


READERS = {
    "openclipart": _reader(openclipart),
    "tuxpaint": _reader(tuxpaint),
    "table": _reader(table),
    "table-web": Reader(partial(table.list_photos, web=True), on_the_web),
    "folders": _reader(folders),
    "inria": _reader(inria),
    "yfcc100m": Reader(yfcc100m.list_photos, on_the_web, samples=True),
    "mirflickr25k": _reader(mirflickr25k),
    "mirflickr25k-concepts": _reader(mirflickr25k, concepts=True),
    "visual_genome": _reader(visual_genome),
    "visual_genome-150": _reader(visual_genome, vocabulary="objects_vocab_150.txt"),
    "visual_genome-1600": _reader(visual_genome, vocabulary="objects_vocab_1600.txt"),
    "visual_genome-synsets": _reader(visual_genome, kind="synsets"),
    "visual_genome-attributes": _reader(visual_genome, kind="attributes"),
    "esp_game": _reader(esp_game),
    "esp_game-268": _reader(esp_game, words_268=True),
    "iaprtc12": _reader(iaprtc12),
    "iaprtc12-291": _reader(iaprtc12, words_291=True),
    "coco-2014": _reader(coco, year=2014),
    "coco-2017": _reader(coco, year=2017),
    "coco-2014-captions": _reader(coco, year=2014, captions=True),
    "coco-2017-captions": _reader(coco, year=2017, captions=True),
    "nus_wide": _reader(nus_wide),
    "nus_wide-81": _reader(nus_wide, concepts=True),
}
