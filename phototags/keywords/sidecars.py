"""Name and find the XMP sidecars of a photo.

darktable and digiKam write `photo.jpg.xmp`, Lightroom and Adobe Bridge `photo.xmp`.
"""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from phototags.photos.file_kinds import SUFFIXES, UNREAD_SUFFIXES

SIDECAR = ".xmp"
PHOTO_SUFFIXES = SUFFIXES.keys() | UNREAD_SUFFIXES.keys()


def list_sidecars(photo: Path) -> list[Path]:
    """List the sidecars of a photo that exist: `photo.jpg.xmp`, then `photo.xmp`."""
    names = choose_sidecars(
        photo.name,
        lambda name: photo.with_name(name).is_file(),
        lambda: (path.name for path in photo.parent.iterdir()),
    )
    return [photo.with_name(name) for name in names]


def choose_sidecars(
    photo: str, exists: Callable[[str], bool], list_beside: Callable[[], Iterable[str]]
) -> list[str]:
    """Choose the sidecars of a photo by the names in its folder.

    `photo.xmp` is not of this photo where others of that name lie beside it (`photo.cr2`):
    Lightroom writes it for the raw file.

    >>> names = {"a.jpg", "a.xmp", "a.jpg.xmp"}
    >>> choose_sidecars("a.jpg", names.__contains__, lambda: names)
    ['a.jpg.xmp', 'a.xmp']
    """
    appended = [photo + end for end in (SIDECAR, SIDECAR.upper())]
    replaced = [PurePath(photo).stem + end for end in (SIDECAR, SIDECAR.upper())]
    own, shared = list(filter(exists, appended))[:1], list(filter(exists, replaced))[:1]
    return own + (shared if shared and not _has_twin(photo, list_beside()) else [])


def name_sidecar(photo: Path, replace_suffix: bool = False) -> Path:
    """The name of a new sidecar: `photo.jpg.xmp`, or `photo.xmp` where that is no other photo's."""
    if replace_suffix and not has_twin(photo):
        return photo.with_suffix(SIDECAR)
    return photo.with_name(photo.name + SIDECAR)


def has_twin(photo: Path) -> bool:
    """Whether another picture beside a photo has its name but for the suffix."""
    return _has_twin(photo.name, (path.name for path in photo.parent.iterdir()))


def _has_twin(photo: str, beside: Iterable[str]) -> bool:
    return any(
        name != photo
        and PurePath(name).stem == PurePath(photo).stem
        and PurePath(name).suffix.lower() in PHOTO_SUFFIXES
        for name in beside
    )
