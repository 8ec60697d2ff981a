"""Write tags into the sidecars or photos of a folder."""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phototags.errors import PhotoError
from phototags.io.storage import read_small_file
from phototags.keywords.changes import KeywordChanges, check_iptc, plan_changes
from phototags.keywords.edit_files import edit_photo, edit_sidecar
from phototags.keywords.journal import Journal
from phototags.keywords.metadata_block import MetadataBlock, read_block, read_file
from phototags.keywords.sidecars import list_sidecars, name_sidecar
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.folders import leads_outside
from phototags.photos.inspection import find_kind
from phototags.photos.metadata import MAX_METADATA
from phototags.photos.picture_files import MAX_BYTES

Tags = Sequence[tuple[str, float]]
"""Tags and probabilities."""
LEAST_MODE = 0o600


@dataclass(frozen=True)
class Target:
    """Where keywords are written.

    Args:
        in_file: into photos, where their format allows it, else into sidecars.
        iptc: IPTC keywords too, into JPEG files.
        replace_suffix: new sidecars are `photo.xmp`, as Lightroom's, not `photo.jpg.xmp`.
        max_bytes: of a photo.
    """

    in_file: bool = False
    iptc: bool = False
    replace_suffix: bool = False
    max_bytes: int = MAX_BYTES


@dataclass
class Report:
    """What became of photos.

    Args:
        written: how many files changed, by what they are (`photos`, `sidecars`, `new sidecars`).
        unchanged: photos whose keywords were as they should be.
        notes: what was asked for and could not be done, by reason; a sidecar was written, or XMP
            without IPTC.
        failed: photos that were left as they are, and why.
    """

    written: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[Path, PhotoError]] = field(default_factory=list)


class TagWriter:
    """Writes tags of the photos in a folder.

    Args:
        folder: links that lead out of it are not followed.
        tagger: the name of what gave the tags.
        journal: of the folder; None writes nothing, only reports.
        show: called with each file that changes, and how.
    """

    def __init__(
        self,
        folder: Path,
        tagger: str,
        target: Target,
        journal: Journal | None,
        show: Callable[[Path, KeywordChanges], None],
    ):
        self.folder, self.tagger, self.target = folder, tagger, target
        self.journal, self.show = journal, show
        self.report = Report()
        self._seen: set[Path] = set()

    def write(self, photo: Path, tags: Tags) -> None:
        """Write a photo's tags into its sidecar, or into itself where that is asked and possible.

        A photo that several links name is written once.
        """
        try:
            if leads_outside(photo, self.folder):
                raise PhotoError("leads_outside", f"it is a link out of {self.folder}")
            inside = photo.resolve().relative_to(self.folder.resolve())
            real = self.folder / inside if self.target.in_file else photo
            if real in self._seen:
                return
            self._seen.add(real)
            content = self._read(real)
            if not (self.target.in_file and self._write_photo(real, content, tags)):
                self._write_sidecar(photo, content, tags)
        except PhotoError as error:
            self.report.failed.append((photo, error))

    def _read(self, photo: Path) -> bytes:
        try:
            return read_small_file(photo, self.target.max_bytes)
        except OSError as error:
            raise PhotoError("unreadable", (error.strerror or str(error)).lower()) from error

    def _write_photo(self, photo: Path, content: bytes, tags: Tags) -> bool:
        """Whether the tags stand in the photo now; if not, its sidecar is to have them."""
        if find_kind(io.BytesIO(content)) == "RAW":
            self.report.notes["sidecar instead of the file (RAW)"] += 1
            return False
        format, block = sniff_format(content[:SNIFFED]), read_block(content)
        sidecars = [read_file(path, MAX_METADATA, "sidecar") for path in list_sidecars(photo)]
        iptc = self.target.iptc and self._allows_iptc(format, block)
        changes = plan_changes(block, tags, self.tagger, sidecars, iptc=iptc)
        try:
            edited = edit_photo(content, format, changes) if changes else None
        except PhotoError as error:
            why = format if error.reason == "not_writable" else error.reason
            self.report.notes[f"sidecar instead of the file ({why})"] += 1
            return False
        self._replace(photo, edited, changes, "photos", None)
        return True

    def _allows_iptc(self, format: str, block: MetadataBlock) -> bool:
        try:
            if format != "jpg":
                raise PhotoError(format, "IPTC is written into JPEG files alone")
            check_iptc(block)
        except PhotoError as error:
            self.report.notes[f"XMP without IPTC ({error.reason})"] += 1
            return False
        return True

    def _write_sidecar(self, photo: Path, content: bytes, tags: Tags) -> None:
        path, *others = list_sidecars(photo) or [name_sidecar(photo, self.target.replace_suffix)]
        blocks = [read_file(other, MAX_METADATA, "sidecar") for other in others]
        old, block = None, MetadataBlock()
        if path.exists():
            old, block = read_sidecar(path)
        changes = plan_changes(block, tags, self.tagger, [*blocks, read_block(content)], copy=True)
        edited = edit_sidecar(old, changes) if changes else None
        mode = photo.stat().st_mode & 0o666 | LEAST_MODE
        name = "new sidecars" if old is None else "sidecars"
        self._replace(path, edited, changes, name, mode)

    def _replace(
        self, path: Path, edited: bytes | None, changes: KeywordChanges, name: str, mode: int | None
    ) -> None:
        if edited is None:
            self.report.unchanged += 1
            return
        if self.journal:
            self.journal.replace(path, edited, mode)
        self.report.written[name] += 1
        self.show(path, changes)


def read_sidecar(path: Path) -> tuple[bytes, MetadataBlock]:
    """Read a sidecar that is to be changed.

    Raises:
        PhotoError: `damaged_sidecar`, also where it is too large.
    """
    try:
        content = read_small_file(path, MAX_METADATA)
    except OSError as error:
        raise PhotoError("damaged_sidecar", f"{path} cannot be read: {error}") from error
    block = read_block(content, "sidecar")
    if block.damaged:
        raise PhotoError("damaged_sidecar", f"{path} should be XMP, and is damaged: left as it is")
    return content, block


def describe_changes(changes: KeywordChanges) -> str:
    """The tags that come and go, in words: `+ dog, + beach, - cat`."""
    added: Iterable[str] = (f"+ {tag}" for tag in changes.added)
    removed = (f"- {tag}" for tag in changes.removed)
    return ", ".join([*added, *removed]) or "other probabilities or order"
