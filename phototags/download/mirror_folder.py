"""Copy a file from a mirror that is a folder; nothing outside of it is read."""

import logging
import shutil
import tarfile
from pathlib import Path

from phototags.errors import SourceError
from phototags.io.progress import show_progress
from phototags.photos.folders import describe_counts, leads_outside, list_files

log = logging.getLogger(__name__)


def copy_from_folder(folder: Path, path: str, to: Path) -> bool:
    """Copy the file `path` of a folder to `to`; False when there is no such file.

    Where the folder has pictures in `images/` instead of `images.tar`, they are put into one.

    Raises:
        SourceError: when the folder is none, or the file is a link that leads out of it.
    """
    if not folder.is_dir():
        raise SourceError(
            f"the mirror {folder} should be a folder or an http(s) address, but is no folder. "
            "Correct corpora.mirror in params.yaml (or MIRROR= of make), or leave it out."
        )
    source = folder / path
    pictures = source.with_suffix("")
    if source.is_file():
        shutil.copyfile(check_inside(source, folder), to)
    elif source.suffix == ".tar" and pictures.is_dir():
        write_tar(check_inside(pictures, folder), to, folder)
    else:
        return False
    return True


def check_inside(path: Path, folder: Path) -> Path:
    """Return a path of a folder; a SourceError where it leads out of it, by `..` or by a link."""
    if leads_outside(path, folder):
        raise SourceError(
            f"{path} should lie in the mirror {folder}, but leads to {path.resolve()}. Move what "
            "it leads to into the mirror, or name a mirror that holds it."
        )
    return path


def write_tar(folder: Path, to: Path, mirror: Path | None = None) -> None:
    """Write a tar of a folder's files, named from the folder on; equal files make equal bytes.

    Links are followed, and what systems keep beside photos is left out (`photos.folders`).

    Args:
        mirror: links that lead out of this folder are left out, with a warning that counts them.
    """
    files, passed_over, outside = list_files(folder, mirror or folder)
    if outside:
        log.warning(
            "%d files of %s are left out: they are links that lead out of the mirror, such as %a",
            len(outside),
            folder,
            str(outside[0]),
        )
    if passed_over:
        log.info("%s: passed over: %s", folder, describe_counts(passed_over))
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as tar:
        for file in show_progress(files, f"packing {folder.name}"):
            member = tarfile.TarInfo(file.relative_to(folder.parent).as_posix())
            member.size = file.stat().st_size
            with open(file, "rb") as content:
                tar.addfile(member, content)
