import numpy as np
import pytest
from PIL import Image

from phototags.corpora.formats.rdf import read_work
from phototags.photos.decoding import decode

MAX_PIXELS, MAX_BYTES = 10_000, 100_000
REDUCED = 24 * 32 // 4  # of the pictures below, decoded at a half
WHOLE = ("gif", "webp_lossless")
PICTURES = {
    "png": ("PNG", "RGB", {}),
    "png_palette": ("PNG", "P", {"transparency": 0}),
    "png_alpha": ("PNG", "LA", {}),
    "png_16_bits": ("PNG", "I;16", {}),
    "jpg": ("JPEG", "RGB", {}),
    "jpg_progressive": ("JPEG", "RGB", {"progressive": True}),
    "jpg_cmyk": ("JPEG", "CMYK", {}),
    "jpg_exif": ("JPEG", "RGB", {"exif": Image.Exif()}),
    "gif": ("GIF", "P", {}),
    "webp": ("WEBP", "RGB", {}),
    "webp_lossless": ("WEBP", "RGBA", {"lossless": True}),
    "tif": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "tif_jpeg": ("TIFF", "RGB", {"compression": "jpeg"}),
}
SVG = b"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://web.resource.org/cc/"><metadata>
<rdf:RDF><cc:Work rdf:about=""><dc:title>A bear</dc:title><dc:date>2005</dc:date><dc:creator>
<cc:Agent><dc:title>Ann (a@b.org)</dc:title></cc:Agent></dc:creator><dc:subject><rdf:Bag>
<rdf:li>bear</rdf:li><rdf:li>zoo</rdf:li></rdf:Bag></dc:subject><cc:license
rdf:resource="http://web.resource.org/cc/PublicDomain"/></cc:Work></rdf:RDF></metadata></svg>"""


@pytest.mark.parametrize("max_pixels", [MAX_PIXELS, REDUCED])
@pytest.mark.parametrize("kind", PICTURES)
def test_a_damaged_picture_is_pixels_or_a_named_error(
    survives, packing, kind, tmp_path, max_pixels
):
    def look(folder):
        picture = decode((folder / "picture").read_bytes(), max_pixels, MAX_BYTES)
        assert picture.shape[0] == 3 and picture[0].numel() <= max_pixels

    if max_pixels == REDUCED and kind in WHOLE:
        pytest.skip("refused by its header")
    format_, mode, options = PICTURES[kind]
    if options.get("exif") is not None:
        options["exif"][0x0112] = 6  # turned
    pixels = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    grey = Image.fromarray(pixels).convert("I") if mode == "I;16" else Image.fromarray(pixels)
    grey.convert(mode).save(tmp_path / "sound", format_, **options)
    survives((tmp_path / "sound").read_bytes(), look, packing.as_file("picture"))


def test_a_damaged_svg_is_a_description_or_a_named_error(survives, packing):
    survives(SVG, lambda at: read_work((at / "a.svg").read_bytes()), packing.as_file("a.svg"))
