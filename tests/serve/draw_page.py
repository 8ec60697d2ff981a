"""Draw the picture of the page in docs/serve.md: real photographs that may be shown.

    python -m tests.serve.draw_page docs/serve.jpg

The photographs are wallpapers of Debian packages under Creative Commons licences. Their author and
licence, which the packages state, are written into the copies that are shown.
"""

import asyncio
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from PIL import Image

from phototags.commands import common
from phototags.docs.draw_photographs import PACKAGES, unpack
from phototags.library.manage import update_index
from phototags.library.taggers import load_tagger
from phototags.serve.app import make_app
from phototags.serve.files import ARTIST, COPYRIGHT
from phototags.serve.service import Service
from tests.serve.browser import Browser

WIDTH, HEIGHT, SIDE = 1440, 1010, 1600
QUERY = "?q=sky&above=0.05"
READY = "document.querySelectorAll('.grid .open img').length > 3"
SHOWN = "[...document.querySelectorAll('.grid img')]"
SHOWN += ".filter((one) => one.getBoundingClientRect().top < innerHeight)"


def write_photos(folder: Path) -> list[str]:
    """Write the photographs, and return a line of credit for each."""
    credits = []
    with TemporaryDirectory() as unpacked:
        for name, licence in sorted(one for of in PACKAGES for one in unpack(of, Path(unpacked))):
            title, _, author = Path(name).stem.replace("_", " ").partition(" by ")
            with Image.open(Path(unpacked) / name) as image:
                exif = image.getexif()
                exif[ARTIST], exif[COPYRIGHT] = author.strip() or "not named", licence
                image.thumbnail((SIDE, SIDE))
                image.save(folder / f"{title}.jpg", exif=exif, quality=88)
            credits.append(f"{title}, {author.strip() or 'not named'}, {licence}")
    return credits


async def draw(address: str, profile: Path, out: Path) -> None:
    """Write a picture of the page that shows a search."""
    async with Browser(profile) as browser:
        await browser.resize(WIDTH, HEIGHT)
        await browser.prefer(reduced_motion="reduce", color_scheme="light")
        await browser.open(address + QUERY, f"{READY} && {SHOWN}.every((one) => one.naturalWidth)")
        await browser.save_picture(out)


def main() -> None:
    """Index the photographs, serve them, draw the page, print the credits."""
    common.prepare_backbone(common.BOX)
    with TemporaryDirectory() as folder:
        photos, index = Path(folder) / "photographs", Path(folder) / "index"
        photos.mkdir()
        print("; ".join(write_photos(photos)))
        update_index(index, [str(photos)], common.BOX, workers=1)
        service = Service(index, lambda: load_tagger(common.BOX).exported)
        server = uvicorn.Server(uvicorn.Config(make_app(service), port=0, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.1)
        port = server.servers[0].sockets[0].getsockname()[1]
        picture = Path(folder) / "page.png"
        asyncio.run(draw(f"http://127.0.0.1:{port}/", Path(folder) / "profile", picture))
        server.should_exit = True
        thread.join()
        Image.open(picture).convert("RGB").save(sys.argv[1], quality=82, optimize=True)


if __name__ == "__main__":
    main()
