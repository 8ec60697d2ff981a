"""Draw a contact sheet of test photos with the first tags of a tagger."""

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
TAG_HEIGHT, ROWS = 40, 3  # pixels; rows of tags on a card
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
        author, licence: of the picture.
    """

    picture: Image.Image
    tags: tuple[tuple[str, bool], ...]
    people: tuple[str, ...]
    author: str
    licence: str


def collect_examples(
    photos: pd.DataFrame,
    tags: pd.DataFrame,
    predictions: pd.DataFrame,
    shards: Sequence[Path | str],
) -> list[Example]:
    """The first photos of the report, chosen by the hash of their id."""
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


def plot_examples(examples: list[Example], path: Path | str, legend: str = LEGEND) -> None:
    """Write the sheet; right tags are filled and ticked, readable without colour.

    Args:
        path: a .png of 256 colours, enough for drawings, or a .jpg for photographs.
    """
    rows = -(-len(examples) // COLUMNS)
    height = PICTURE + ROWS * (TAG_HEIGHT + 8) + 100
    size = (GAP + COLUMNS * (CARD + GAP), GAP + rows * (height + GAP) + 44)
    sheet = Image.new("RGB", size, PAPER)
    for place, example in enumerate(examples):
        row, column = divmod(place, COLUMNS)
        corner = (GAP + column * (CARD + GAP), GAP + row * (height + GAP))
        draw_card(sheet, example, corner, height)
    pen = ImageDraw.Draw(sheet)
    pen.text((GAP + 4, size[1] - 52), legend, font=load_font(21), fill=QUIET)
    with atomic_write(path) as part:
        if Path(path).suffix == ".jpg":
            sheet.save(part, "JPEG", quality=85, optimize=True)
            return
        sheet.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            part, "PNG", optimize=True
        )


def draw_card(sheet: Image.Image, example: Example, corner: tuple[int, int], height: int) -> None:
    """Draw picture, tags and credit of one photo."""
    pen, (left, top) = ImageDraw.Draw(sheet), corner
    pen.rounded_rectangle((left, top, left + CARD, top + height), 18, fill="white", outline=RULE)
    picture = example.picture.copy()
    picture.thumbnail((CARD - 40, PICTURE - 20), Image.Resampling.LANCZOS)
    at = (left + (CARD - picture.width) // 2, top + 20 + (PICTURE - 20 - picture.height) // 2)
    sheet.paste(picture, at)
    x, y = left + 18, top + PICTURE + 22
    for tag, hit in example.tags:
        words = truncate(f"✓ {tag}" if hit else tag, load_font(23, hit), CARD - 60)
        wide = round(load_font(23, hit).getlength(words)) + 24
        if x + wide > left + CARD - 16:
            x, y = left + 18, y + TAG_HEIGHT + 8
        if y + TAG_HEIGHT > top + height - 68:
            break
        box = (x, y, x + wide, y + TAG_HEIGHT)
        pen.rounded_rectangle(
            box, TAG_HEIGHT // 2, fill=HIT if hit else "white", outline=HIT if hit else RULE
        )
        ink = "white" if hit else INK
        pen.text(
            (x + 12, y + TAG_HEIGHT / 2), words, font=load_font(23, hit), fill=ink, anchor="lm"
        )
        x += wide + 8
    if example.people:
        people = truncate("people: " + ", ".join(example.people), load_font(17), CARD - 40)
        pen.text((left + 20, top + height - 60), people, font=load_font(17), fill=INK)
    licence = f" · {example.licence}"
    room = CARD - 40 - load_font(17).getlength(licence)
    credit = truncate(example.author, load_font(17), room) + licence
    pen.text((left + 20, top + height - 32), credit, font=load_font(17), fill=QUIET)


def truncate(words: str, typeface: ImageFont.FreeTypeFont, wide: float) -> str:
    """Shorten text to a width, with an ellipsis."""
    if typeface.getlength(words) <= wide:
        return words
    while words and typeface.getlength(words + "…") > wide:
        words = words[:-1]
    return words + "…"


def load_font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Load DejaVu Sans, which comes with matplotlib: the same letters on every machine."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / name, size, layout_engine=ImageFont.Layout.BASIC)
