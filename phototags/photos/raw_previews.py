"""Read the JPEG that cameras put into their raw files, where the optional package rawpy is there.

The raw data themselves are not developed: cameras embed a JPEG of the whole photo, turned as they
were held, beside them.
"""

from __future__ import annotations

import io

from phototags.errors import PhotoError, strip_memory_addresses


def extract_preview(content: bytes) -> bytes:
    """Extract the largest JPEG of a raw file.

    Raises:
        PhotoError: `undecodable` for a damaged file, and for one that holds no JPEG.
    """
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(content)) as raw:
            preview = raw.extract_thumb()
    except Exception as error:  # a damaged file raises nearly anything
        found = strip_memory_addresses(f"{type(error).__name__}: {error}")
        raise PhotoError("undecodable", f"the RAW holds no readable preview: {found}") from error
    if preview.format != rawpy.ThumbFormat.JPEG:
        raise PhotoError("undecodable", "expected a JPEG in the RAW, found a preview of pixels")
    return preview.data
