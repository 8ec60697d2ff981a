"""The system `bilinear`: tag vectors and a linear map of the photo (Denton et al., KDD 2015)."""

from __future__ import annotations

from typing import Literal

from phototags.systems.bases.warp import WarpSystem


class Bilinear(WarpSystem):
    """Tag vectors and a linear map of the photo, both learned, ranked by WARP (Denton 2015)."""

    model: Literal["bilinear"]
