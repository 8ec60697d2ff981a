"""A corpus of 40 drawn pictures in the `table` layout: `python tests/shapes.py FOLDER`.

FOLDER becomes a mirror with one corpus, FOLDER/shapes/{photos.tsv,images.tar}: five colours x
four shapes x two sizes, written by eight users, each of whom drew every colour.
"""

import csv
import io
import sys
import tarfile
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = {
    "red": (214, 40, 40),
    "green": (40, 160, 60),
    "blue": (40, 80, 214),
    "yellow": (240, 210, 40),
    "black": (20, 20, 20),
}
SHAPES = ("circle", "square", "triangle", "cross")
SIZES = {"big": 36, "small": 18}
USERS = 8
SIDE = 96
COLUMNS = ("photo_id", "file", "user_id", "tags", "title", "licence", "author", "lens")


def draw(colour: str, shape: str, size: str) -> bytes:
    """PNG bytes of one shape in the middle of a white square."""
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    pen, half, reach = ImageDraw.Draw(picture), SIDE // 2, SIZES[size]
    low, high, arm = half - reach, half + reach, reach // 3
    if shape == "circle":
        pen.ellipse((low, low, high, high), fill=COLOURS[colour])
    elif shape == "square":
        pen.rectangle((low, low, high, high), fill=COLOURS[colour])
    elif shape == "triangle":
        pen.polygon([(half, low), (low, high), (high, high)], fill=COLOURS[colour])
    else:
        pen.rectangle((low, half - arm, high, half + arm), fill=COLOURS[colour])
        pen.rectangle((half - arm, low, half + arm, high), fill=COLOURS[colour])
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def photos() -> list[dict[str, str]]:
    """One row of photos.tsv for each picture, in a fixed order."""
    kinds = [(size, shape, colour) for size in SIZES for shape in SHAPES for colour in COLOURS]
    return [
        {
            "photo_id": f"shape{row:02d}",
            "file": f"images/{row:02d}.png",
            "user_id": f"user{row % USERS}",
            "tags": f"{colour},{shape},{size}",
            "title": f"A {size} {colour} {shape}",
            "licence": "CC0",
            "author": f"Painter {row % USERS}",
            "lens": "none",
        }
        for row, (size, shape, colour) in enumerate(kinds)
    ]


def write_mirror(folder: Path | str, corpus: str = "shapes") -> Path:
    """Write the corpus under `folder`, the same bytes each time, and return `folder`."""
    place = Path(folder) / corpus
    place.mkdir(parents=True, exist_ok=True)
    with tarfile.open(place / "images.tar", "w") as tar:
        for photo in photos():
            colour, shape, size = photo["tags"].split(",")
            content = draw(colour, shape, size)
            member = tarfile.TarInfo(photo["file"])
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with open(place / "photos.tsv", "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(photos())
    return Path(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"expected one argument, the folder to write: python {sys.argv[0]} FOLDER")
    print(write_mirror(sys.argv[1]))
