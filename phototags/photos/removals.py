"""Remove photos on request: they are named in a file, and the next run is without them.

A line holds one photo: its id (`photo_id`, or `corpus/photo_id`), an address of it, or the
sha256 of its bytes. Lines that begin with # are comments, and so is what follows ` # `; `\\#` is a
# of an id.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from phototags.errors import CorpusError, ParamsError
from phototags.io.storage import atomic_write

if TYPE_CHECKING:
    import pandas as pd

    from phototags.photos.photo_table import Drop

REASON = "removed"
ADDRESSES = ("page_url", "photo_url")
TRACKERS = re.compile(r"utm(_.*)?|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|ref(_src)?|share|si")
"""Names in a query that say where a reader came from, not what is shown."""
FLICKR_VIEW = re.compile(r"(flickr\.com/photos/[^/]+/\d+)/(in|sizes)/.*")
"""A photo's page as Flickr shows it in an album, the photostream or a size."""


class Removals:
    """The photos to remove, by id, address or content.

    Args:
        lines: as in the file, without comments.

    Attributes:
        matched: how many photos each line has named so far.
    """

    def __init__(self, lines: Iterable[str] = ()):
        self.lines = tuple(dict.fromkeys(lines))
        self.matched: Counter[str] = Counter()
        self._ids = {fold_id(line): line for line in self.lines}
        self._addresses = {
            form: line for line in self.lines for form in normalise_address(line, asked=True)
        }
        digests = {line.lower().removeprefix("sha256:").strip(): line for line in self.lines}
        self._digests = {
            one: of for one, of in digests.items() if re.fullmatch("[0-9a-f]{64}", one)
        }
        self.hashes = frozenset(self._digests)

    def __contains__(self, content: bytes) -> bool:
        """Whether these are the bytes of a photo to remove."""
        if not self.hashes:
            return False
        return self._count(self.find_digest(hashlib.sha256(content).hexdigest()))

    def find_digest(self, sha256: str) -> str | None:
        """Return the line that names these bytes; None where there is none."""
        return self._digests.get(sha256)

    def includes(self, corpus: str, photo_id: str) -> bool:
        """Whether this id, alone or as `corpus/photo_id`, is to be removed."""
        return self._count(self._find_id(corpus, photo_id))

    def match(self, corpus: str, photos: pd.DataFrame) -> list[bool]:
        """For each photo of a photo table, whether its id or an address of it is to be removed."""
        if not self.lines:
            return [False] * len(photos)
        return [
            self._count(self.find(corpus, photo_id, urls))
            for photo_id, *urls in photos[["photo_id", *ADDRESSES]].itertuples(index=False)
        ]

    def find(self, corpus: str, photo_id: str, urls: Iterable[object]) -> str | None:
        """Return the line that names a photo by its id or one of its addresses, or None."""
        return self._find_id(corpus, photo_id) or self._find_address(urls)

    def _count(self, line: str | None) -> bool:
        if line is not None:
            self.matched[line] += 1
        return line is not None

    def _find_id(self, corpus: str, photo_id: str) -> str | None:
        folded = fold_id(photo_id)
        return self._ids.get(folded) or self._ids.get(f"{corpus}/{folded}")

    def _find_address(self, urls: Iterable[object]) -> str | None:
        if not self._addresses:
            return None
        forms = (form for url in urls if isinstance(url, str) for form in normalise_address(url))
        return next((self._addresses[one] for one in forms if one in self._addresses), None)


def fold_id(text: str) -> str:
    """Fold what looks the same in two ids: blanks, and letters composed or decomposed (NFC).

    >>> fold_id(" a\u00a0 b ") == "a b", fold_id("e\u0301") == "\u00e9"
    (True, True)
    """
    return unicodedata.normalize("NFC", " ".join(text.removeprefix("./").split()))


def normalise_address(address: str, asked: bool = False) -> list[str]:
    """Return an address without what makes no difference; none where it is no address.

    That are the scheme, `www.`, capitals of the host, a standard port, escapes in the path, its
    final slash, the fragment, what trackers add to a query, and what Flickr adds to a page.

    Args:
        asked: also the form without any query, for an address that somebody copied.

    >>> normalise_address("https://WWW.Example.org:443/%37/?utm_source=a&id=3#top")
    ['example.org/7?id=3']
    >>> normalise_address("<http://example.org/7?id=3>", asked=True)
    ['example.org/7?id=3', 'example.org/7']
    """
    text = address.strip().removeprefix("<").removesuffix(">")
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
        query = [pair for pair in parse_qsl(parts.query) if not TRACKERS.fullmatch(pair[0].lower())]
    except ValueError:
        return []
    if "." not in host:
        return []
    host = host.removeprefix("www.") + ("" if port in (None, 80, 443) else f":{port}")
    plain = FLICKR_VIEW.sub(r"\1", f"{host}{unquote(parts.path)}").rstrip("/")
    full = f"{plain}?{urlencode(query)}" if query else plain
    return list(dict.fromkeys([full, plain] if asked else [full]))


def read_removals(files: Iterable[Path | str]) -> Removals:
    """Read files of removals; no file stands for no request.

    Raises:
        ParamsError: when one can't be read: a run must not ignore requests.
    """
    return Removals(line for path in files for line in _read_lines(path))


def _read_lines(path: Path | str) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ParamsError(
            f"{path}, named by corpora.removals, should be a text file in UTF-8 with one photo id, "
            f"address or sha256 a line, but: {error}"
        ) from error
    lines = (re.sub(r"(^#|\s#(\s|$)).*", "", line).strip() for line in re.split(r"\r?\n|\r", text))
    return [line.replace("\\#", "#") for line in lines if line]


def write_matches(path: Path | str, removals: Removals) -> None:
    """Write how many photos each line of the removals named, as a TSV of hash_line and number."""
    with atomic_write(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("line", "photos"))
        table.writerows(sorted((hash_line(one), removals.matched[one]) for one in removals.lines))


def read_matches(files: Iterable[Path | str]) -> Counter[str]:
    """Add up what `write_matches` wrote for several corpora.

    Returns:
        photos by the hash of a line; a line that a corpus was not searched for is missing.

    Raises:
        CorpusError: when a file has another form.
    """
    tables = [_read_counts(path) for path in files]
    searched = set.intersection(*map(set, tables)) if tables else set()
    return Counter({line: sum(table[line] for table in tables) for line in searched})


def _read_counts(path: Path | str) -> dict[str, int]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file, delimiter="\t")
            return {line["line"]: int(line["photos"]) for line in lines}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise CorpusError(
            f"{path} should count the photos that were removed, but: {error!r}. Remove it and "
            "run `snakemake` again."
        ) from error


def hash_line(line: str) -> str:
    """Hash a line of removals: files beside the data must not name who was removed."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


def drop_removed(step: str, row: int) -> Drop:
    """Make the drop of a removed photo, which has a row but does not identify the photo."""
    from phototags.photos.photo_table import Drop

    return Drop(step, "", REASON, f"row {row}")


def parse_removed_row(drop: Drop) -> int | None:
    """Parse the row of a drop that `drop_removed` made; None for any other drop.

    Raises:
        CorpusError: when it has no row.
    """
    if drop.reason != REASON:
        return None
    found = re.fullmatch(r"row (\d{1,18})", drop.detail)
    if not found:
        raise CorpusError(
            f"a removed photo should be dropped with its row, but has {drop.detail!r:.60}. Remove "
            "the corpus' shards folder and run `snakemake` again."
        )
    return int(found[1])
