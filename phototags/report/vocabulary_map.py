"""Map of the vocabulary in the report: positions and labels of tags, and nearest tags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

WIDTH, HEIGHT, MARGIN = 1200, 760, 50
COLOURED = 8  # categories with their own colour; more are hard to tell apart
LABELS = 140
LETTER, LINE, BASELINE = 7.2, 15, 4.5  # approximate width, height and rise of letters
NO_NOUN = "no noun of WordNet"
NAMES = {"": NO_NOUN, "Tops": "general"}


@dataclass(frozen=True)
class Dot:
    """A tag on the map, in the units of its WIDTH x HEIGHT."""

    tag: str
    photos: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Label:
    """The name of a tag; x is the start, middle or end of its baseline, as `anchor` says."""

    tag: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Group:
    """The tags of a category; `colour` from 1 to COLOURED, 0 for grey."""

    name: str
    colour: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class VocabularyMap:
    """The vocabulary of one training corpus.

    Args:
        groups: the largest first, grey last.
        labels: of the tags with enough space for one.
        near: for `commonest` and `random` tags, pairs of a tag and its [(near tag, cosine)].
    """

    train: str
    tags: int
    groups: tuple[Group, ...]
    labels: tuple[Label, ...]
    near: dict[str, list[tuple[str, list[tuple[str, float]]]]]


def read_vocabulary_maps(
    maps: Sequence[Path | str], nearest: Sequence[Path | str]
) -> list[VocabularyMap]:
    """Read the map of each training corpus: models/RUN/TRAIN's tag_map.tsv, nearest_tags.tsv."""
    return [
        _make_map(Path(path).parent.name, _read(path), _read(near))
        for path, near in zip(maps, nearest, strict=True)
    ]


def _read(path: Path | str) -> pd.DataFrame:
    """Read a table whose tags may be `null` or `nan`."""
    return pd.read_csv(path, sep="\t", keep_default_na=False)


def _make_map(train: str, places: pd.DataFrame, nearest: pd.DataFrame) -> VocabularyMap:
    most = max(places["photos"].max(), 1)
    dots = [
        Dot(
            str(row.tag),
            int(row.photos),
            round(MARGIN + row.x * (WIDTH - 2 * MARGIN), 1),
            round(MARGIN + row.y * (HEIGHT - 2 * MARGIN), 1),
            round(4 + 9 * (row.photos / most) ** 0.5, 1),
        )
        for row in places.itertuples()
    ]
    near = {
        how: [
            (
                str(tag),
                [(str(one), cosine) for one, cosine in zip(of["near"], of["cosine"], strict=True)],
            )
            for tag, of in rows.groupby("tag", sort=False)
        ]
        for how, rows in nearest.groupby("chosen", sort=False)
    }
    groups = tuple(_group_tags(dots, places["category"]))
    return VocabularyMap(train, len(dots), groups, tuple(_place_labels(dots)), near)


def _group_tags(dots: Sequence[Dot], categories: pd.Series) -> Iterator[Group]:
    """The largest categories, then all others, then tags that are no noun."""
    sizes = categories[categories != ""].value_counts()
    ordered = sorted(sizes.index, key=lambda name: (-sizes[name], name))
    own, others = ordered[:COLOURED], ordered[COLOURED:]
    wanted = [(NAMES.get(name, name), colour, {name}) for colour, name in enumerate(own, start=1)]
    wanted += [("other nouns", 0, set(others)), (NO_NOUN, 0, {""})]
    for name, colour, names in wanted:
        members = [dot for dot, category in zip(dots, categories, strict=True) if category in names]
        if members:
            yield Group(name, colour, tuple(members))


def _place_labels(dots: Sequence[Dot]) -> Iterator[Label]:
    """Labels of the first dots, where they overlap no other label and no dot."""
    boxes = [(d.x - d.radius, d.y - d.radius, d.x + d.radius, d.y + d.radius) for d in dots]
    corners = np.array(boxes).reshape(-1, 4)
    labels = 0
    for number, dot in enumerate(dots):
        others = np.delete(corners, number, axis=0)
        for label, box in _label_positions(dot):
            left, top, right, bottom = others.T
            hit = (box[0] < right) & (left < box[2]) & (box[1] < bottom) & (top < box[3])
            if box[0] >= 0 and box[2] <= WIDTH and not hit.any():
                corners, labels = np.vstack([corners, box]), labels + 1
                yield label
                break
        if labels == LABELS:
            return


def _label_positions(dot: Dot) -> Iterator[tuple[Label, tuple[float, float, float, float]]]:
    """Labels right of a dot, left, below and above, with left, top, right and bottom."""
    wide, gap = LETTER * len(dot.tag), dot.radius + 3
    for x, y, anchor, left in (
        (dot.x + gap, dot.y, "start", dot.x + gap),
        (dot.x - gap, dot.y, "end", dot.x - gap - wide),
        (dot.x, dot.y + gap + LINE / 2, "middle", dot.x - wide / 2),
        (dot.x, dot.y - gap - LINE / 2, "middle", dot.x - wide / 2),
    ):
        label = Label(dot.tag, round(x, 1), round(y + BASELINE, 1), anchor)
        yield label, (left, y - LINE / 2, left + wide, y + LINE / 2)
