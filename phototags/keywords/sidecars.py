"""Name and find the XMP sidecars of a photo.

darktable and digiKam write `photo.jpg.xmp`, Lightroom and Adobe Bridge `photo.xmp`.
"""

from pathlib import Path

from phototags.photos.file_kinds import SUFFIXES, UNREAD_SUFFIXES

SIDECAR = ".xmp"
PHOTO_SUFFIXES = SUFFIXES.keys() | UNREAD_SUFFIXES.keys()


def list_sidecars(photo: Path) -> list[Path]:
    """List the sidecars of a photo that exist: `photo.jpg.xmp`, then `photo.xmp`.

    `photo.xmp` is not of this photo where others of that name lie beside it (`photo.cr2`):
    Lightroom writes it for the raw file.
    """
    appended = [photo.with_name(photo.name + end) for end in (SIDECAR, SIDECAR.upper())]
    replaced = [photo.with_suffix(end) for end in (SIDECAR, SIDECAR.upper())]
    found = [path for path in appended if path.is_file()][:1]
    shared = [path for path in replaced if path.is_file()][:1]
    return found + (shared if shared and not has_twin(photo) else [])


def name_sidecar(photo: Path, replace_suffix: bool = False) -> Path:
    """The name of a new sidecar: `photo.jpg.xmp`, or `photo.xmp` where that is no other photo's."""
    if replace_suffix and not has_twin(photo):
        return photo.with_suffix(SIDECAR)
    return photo.with_name(photo.name + SIDECAR)


def has_twin(photo: Path) -> bool:
    """Whether another picture beside a photo has its name but for the suffix."""
    return any(
        path != photo and path.stem == photo.stem and path.suffix.lower() in PHOTO_SUFFIXES
        for path in photo.parent.iterdir()
    )
