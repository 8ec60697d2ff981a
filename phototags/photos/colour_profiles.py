"""Convert the pixels of an image from its embedded colour profile to sRGB."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageCms

SPACES = {"RGB": "RGB", "CMYK": "CMYK", "GRAY": "L"}
"""Pillow's mode of the pixels that a profile of a space describes."""
TOLERANCE = 2  # of 255: what such profiles change is rounding, so they count as sRGB itself
GRID = 17  # values a channel that are looked at to tell


@dataclass(frozen=True, eq=False)
class ColourTransform:
    """From a profile's colours to sRGB, by relative colorimetry with black point compensation.

    As editors of photographs save by default: a colour saved in a profile comes back.

    Args:
        mode: of the pixels that it takes: RGB, CMYK or L.
        transform: lcms'.
    """

    mode: str
    transform: ImageCms.ImageCmsTransform

    def fits(self, image: Image.Image) -> bool:
        """Whether the profile can describe these pixels: a CMYK profile no RGB, for instance."""
        kinds = {"L": ("L", "1"), "CMYK": ("CMYK",), "RGB": ("RGB", "RGBX", "P", "L", "1")}
        return image.mode in kinds[self.mode]

    def apply(self, image: Image.Image) -> Image.Image:
        """Convert an image that it fits to RGB in sRGB."""
        from PIL import ImageCms

        return ImageCms.applyTransform(image.convert(self.mode), self.transform)


def find_transform(metadata: Mapping, damages: set[str] | None = None) -> ColourTransform | None:
    """Find the transform to sRGB that an image needs.

    Args:
        metadata: of which `icc_profile` is read.
        damages: takes `broken_profile`; the pixels are then taken for sRGB.

    Returns:
        None for an image without a profile, with a broken one or with sRGB's own.
    """
    profile = metadata.get("icc_profile")
    if profile is None:
        return None
    try:
        return _make_transform(profile)
    except ValueError:
        if damages is not None:
            damages.add("broken_profile")
        return None


@functools.lru_cache(maxsize=64)
def _make_transform(profile: bytes) -> ColourTransform | None:
    """Make the transform of an ICC profile; ValueError for what is none."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = SPACES[source.profile.xcolor_space.strip()]
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        made = ColourTransform(mode, transform)
        return None if _is_identity(made) else made
    except (ImageCms.PyCMSError, OSError, KeyError) as error:
        raise ValueError("no usable profile") from error


def _is_identity(made: ColourTransform) -> bool:
    """Whether colours all over the space stay what they are."""
    import numpy as np
    from PIL import Image

    if made.mode == "CMYK":
        return False
    steps = np.linspace(0, 255, GRID).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(GRID, -1, 3)
    if made.mode == "L":
        grid = grid[..., :1].repeat(3, -1)
    probe = Image.fromarray(grid).convert("RGB")
    found = np.asarray(made.apply(probe.getchannel(0) if made.mode == "L" else probe))
    return bool(np.abs(found.astype(int) - grid).max() <= TOLERANCE)
