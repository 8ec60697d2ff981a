"""Bring decoded pixels into one form: 8-bit RGB in sRGB on white, upright."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phototags.errors import PhotoError

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from phototags.photos.colour_profiles import ColourTransform


def turn_upright(pixels: Tensor, orientation: int) -> Tensor:
    """Turn and mirror (3, H, W) pixels as Exif's orientation, from 1 (nothing to do) to 8, says."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 2)
    flipped = {2: [2], 3: [1, 2], 4: [1], 6: [2], 7: [1, 2], 8: [1]}.get(orientation)
    return pixels.flip(flipped) if flipped else pixels.contiguous()


def convert_to_rgb(
    image: Image.Image, transform: ColourTransform | None, deep: bool
) -> Image.Image:
    """Convert a loaded image of any mode to RGB, its transparent parts put on white.

    Args:
        transform: to sRGB; not applied to pixels that its profile cannot describe.
        deep: whether a transparent colour is given in 16 bits, of which the pixels kept 8.

    Raises:
        PhotoError: `undecodable` for floating-point pixels, whose range nobody knows.
    """
    if image.mode == "F":
        raise PhotoError("undecodable", "its pixels are floating-point numbers of unknown range")
    image = _reduce_depth(image, deep)
    if not image.has_transparency_data:
        return _apply(image, transform)
    rgba = image.convert("RGBA")
    opaque = _apply(
        image.convert("L") if image.mode in ("L", "LA") else rgba.convert("RGB"), transform
    )
    opaque.putalpha(rgba.getchannel("A"))
    return _put_on_white(opaque)


def _apply(image: Image.Image, transform: ColourTransform | None) -> Image.Image:
    return transform.apply(image) if transform and transform.fits(image) else image.convert("RGB")


def _put_on_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _reduce_depth(image: Image.Image, deep: bool) -> Image.Image:
    """Keep the upper 8 of 16 bits, which Pillow would clip to white, and the transparent colour."""
    import numpy as np
    from PIL import Image

    transparent = image.info.get("transparency")
    if image.mode.startswith("I"):
        values = np.asarray(image)
        grey = Image.fromarray(np.clip(values >> 8, 0, 255).astype(np.uint8))
        if isinstance(transparent, int):
            grey.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
        return grey
    if deep and isinstance(transparent, tuple):
        image.info["transparency"] = tuple(value >> 8 for value in transparent)
    return image
