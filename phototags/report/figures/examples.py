"""A contact sheet: test photos, and the first tags that a tagger gave them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from phototags.io.storage import atomic_write
from phototags.photos.gallery import make_cards, make_thumbnail
from phototags.photos.shards import read_files
from phototags.report.figures.style import HIT, INK, QUIET, RULE

COLUMNS, CARD, PICTURE, GAP = 4, 400, 280, 24  # pixels; shown at half the size in the README
CHIP, ROWS = 40, 3  # height of a tag, and how many rows of them a card holds
PAPER = "#f6f2ea"
COUNT = 8
LEGEND = "✓ a tag that people wrote too. Test photos, chosen by the hash of their id, not by hand."


@dataclass(frozen=True)
class Example:
    """One photo on the sheet.

    Args:
        picture: a thumbnail.
        tags: the tagger's first tags, best first, each with whether a person wrote it too.
        people: the tags that people wrote.
        author, licence: whose picture it is, and what may be done with it.
    """

    picture: Image.Image
    tags: tuple[tuple[str, bool], ...]
    people: tuple[str, ...]
    author: str
    licence: str


def examples(
    photos: pd.DataFrame,
    tags: pd.DataFrame,
    predictions: pd.DataFrame,
    shards: Sequence[Path | str],
) -> list[Example]:
    """The same photos as the first of the report: chosen by the hash of their id."""
    shown = make_cards(photos, tags, {"": predictions}, COUNT)
    contents = read_files(map(Path, shards), [card.file for card in shown])
    return [
        Example(
            make_thumbnail(contents[card.file], CARD),
            tuple((guess.tag, guess.hit) for guess in card.guesses[""]),
            card.tags,
            card.author or "author not named",
            card.licence or "licence not stated",
        )
        for card in shown
    ]


def plot_examples(examples: list[Example], path: Path | str) -> None:
    """Write the sheet as a png; right tags are filled and ticked, so that colour is not needed."""
    rows = -(-len(examples) // COLUMNS)
    height = PICTURE + ROWS * (CHIP + 8) + 100
    size = (GAP + COLUMNS * (CARD + GAP), GAP + rows * (height + GAP) + 44)
    sheet = Image.new("RGB", size, PAPER)
    for place, example in enumerate(examples):
        row, column = divmod(place, COLUMNS)
        corner = (GAP + column * (CARD + GAP), GAP + row * (height + GAP))
        draw_card(sheet, example, corner, height)
    pen = ImageDraw.Draw(sheet)
    pen.text((GAP + 4, size[1] - 52), LEGEND, font=font(21), fill=QUIET)
    with atomic_write(path) as part:
        sheet.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            part, "PNG", optimize=True
        )


def draw_card(sheet: Image.Image, example: Example, corner: tuple[int, int], height: int) -> None:
    """Picture, tags and credit of one photo."""
    pen, (left, top) = ImageDraw.Draw(sheet), corner
    pen.rounded_rectangle((left, top, left + CARD, top + height), 18, fill="white", outline=RULE)
    picture = example.picture.copy()
    picture.thumbnail((CARD - 40, PICTURE - 20), Image.Resampling.LANCZOS)
    at = (left + (CARD - picture.width) // 2, top + 20 + (PICTURE - 20 - picture.height) // 2)
    sheet.paste(picture, at)
    x, y = left + 18, top + PICTURE + 22
    for tag, hit in example.tags:
        words = fitting(f"✓ {tag}" if hit else tag, font(23, hit), CARD - 60)
        wide = round(font(23, hit).getlength(words)) + 24
        if x + wide > left + CARD - 16:
            x, y = left + 18, y + CHIP + 8
        if y + CHIP > top + height - 68:
            break
        box = (x, y, x + wide, y + CHIP)
        pen.rounded_rectangle(
            box, CHIP // 2, fill=HIT if hit else "white", outline=HIT if hit else RULE
        )
        ink = "white" if hit else INK
        pen.text((x + 12, y + CHIP / 2), words, font=font(23, hit), fill=ink, anchor="lm")
        x += wide + 8
    people = fitting("people: " + ", ".join(example.people), font(17), CARD - 40)
    pen.text((left + 20, top + height - 60), people, font=font(17), fill=INK)
    licence = f" · {example.licence}"
    room = CARD - 40 - font(17).getlength(licence)
    credit = fitting(example.author, font(17), room) + licence
    pen.text((left + 20, top + height - 32), credit, font=font(17), fill=QUIET)


def fitting(words: str, typeface: ImageFont.FreeTypeFont, wide: float) -> str:
    """The words, or as many letters of them as fit and an ellipsis."""
    if typeface.getlength(words) <= wide:
        return words
    while words and typeface.getlength(words + "…") > wide:
        words = words[:-1]
    return words + "…"


def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib: the same letters on every machine."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / name, size, layout_engine=ImageFont.Layout.BASIC)
