"""Whether photos keep their first tags at other sizes and shapes, and what tagging one costs.

    python -m tests.benchmarks.tag_sizes FOLDER [--model DIR]

FOLDER holds full-size photos, as Debian's wallpaper packages do (`apt-get download
lomiri-wallpapers-20.04`, `dpkg -x`). Each is shown 128, 224 and 1,000 pixels wide and at its full
width, in its own shape and squeezed to a square, as a JPEG of quality 90. Printed are the share of
the first five tags that a version has of those of the full photo, and the CPU time of a photo.
"""

import argparse
import io
import time
from collections import defaultdict
from itertools import product
from pathlib import Path

from PIL import Image

from phototags.commands import common

WIDTHS = (128, 224, 1000, None)
TOP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=common.BOX)
    given = parser.parse_args()
    common.prepare_backbone(given.model)
    from phototags.export.tag_photos import load_exported, tag_photos
    from phototags.photos.picture_files import list_pictures

    exported, kept, seconds = load_exported(given.model), defaultdict(list), []
    work = given.folder / ".shown.jpg"
    try:
        photos = [photo for photo in list_pictures([str(given.folder)]).photos if is_photo(photo)]
        for photo in photos:
            start = time.process_time()
            full = first_tags(next(tag_photos(exported, [photo], TOP)))
            seconds.append(time.process_time() - start)
            for width, squeezed in product(WIDTHS, (False, True)):
                work.write_bytes(resize(photo, width, squeezed))
                shown = first_tags(next(tag_photos(exported, [str(work)], TOP)))
                kept[width, squeezed].append(len(full & shown) / TOP)
    finally:
        work.unlink(missing_ok=True)
    print(f"{len(photos)} photos; CPU of one, at its full size: {1e3 * median(seconds):.0f} ms")
    for (width, squeezed), shares in kept.items():
        shape = "squeezed" if squeezed else "own shape"
        print(f"{width or 'full':>5} {shape:10} {100 * sum(shares) / len(shares):5.1f} %")


def is_photo(path: str) -> bool:
    """Whether a file is a JPEG at least 1,000 pixels wide."""
    with Image.open(path) as image:
        return image.format == "JPEG" and image.width >= 1000


def resize(path: str, width: int | None, squeezed: bool) -> bytes:
    """The photo as a JPEG of another width and shape."""
    with Image.open(path) as image:
        wide = width or image.width
        high = wide if squeezed else max(1, round(image.height * wide / image.width))
        content = io.BytesIO()
        resized = image.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS)
        resized.save(content, "JPEG", quality=90)
    return content.getvalue()


def first_tags(tagged) -> set[str]:
    return {name for name, _ in tagged.tags}


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
