"""Read the nouns of WordNet 3.0: lemmas, synsets and categories, parsed on demand.

Fellbaum (ed.), WordNet: An Electronic Lexical Database, MIT Press 1998; formats: wndb(5WN).
A synset is named by its byte offset in data.noun, `n02084071`, which is also ImageNet's id.
"""

import io
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from phototags.errors import SourceError, VocabularyError
from phototags.io.tar_headers import read_tar_headers

MAX_UNPACKED = 512 << 20  # bytes; WordNet 3.0 has 35 MB
FILES = ("index.noun", "data.noun", "noun.exc")
SUFFIXES = {"s": "", "ses": "s", "xes": "x", "zes": "z", "ches": "ch", "shes": "sh"}
SUFFIXES |= {"men": "man", "ies": "y"}  # of plurals, and what the singular has instead
CATEGORY_NAMES = (
    "Tops act animal artifact attribute body cognition communication event feeling food group "
    "location motive object person phenomenon plant possession process quantity relation shape "
    "state substance time"
)
CATEGORIES = dict(enumerate(CATEGORY_NAMES.split(), start=3))  # numbers: lexnames(5WN)


def key_of(word: str) -> str:
    """Return a word as WordNet writes it.

    >>> key_of("Golden Gate")
    'golden_gate'
    """
    return word.lower().replace(" ", "_")


@dataclass(frozen=True)
class WordNet:
    """The nouns of WordNet; words may be written with spaces or underscores.

    Args:
        index: the fields of index.noun after the word, by word (lower case, underscores).
        exceptions: irregular plurals and their lemmas, the usual one first.
        data: data.noun as it is, in which an offset is a position.
    """

    index: dict[str, str] = field(repr=False)
    exceptions: dict[str, list[str]] = field(repr=False)
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, source: Path | str) -> "WordNet":
        """Read Debian's wordnet-base package, or a folder with index.noun, data.noun, noun.exc.

        Raises:
            SourceError: when it is neither, or a file is missing or damaged.
        """
        source = Path(source)
        if source.is_dir():
            files = filter(Path.is_file, (source / name for name in FILES))
            contents = {file.name: file.read_bytes() for file in files}
        else:
            contents = _read_package(source)
        missing = [name for name in FILES if not contents.get(name)]
        if missing:
            raise SourceError(
                f"{source} should hold WordNet's {', '.join(FILES)}, but {', '.join(missing)} is "
                "not there. Fetch Debian's wordnet-base package again."
            )
        lines = contents["index.noun"].decode().splitlines()
        index = dict(line.split(" ", 1) for line in lines if not line.startswith(" "))
        exceptions = {}
        for line in contents["noun.exc"].decode().splitlines():
            plural, *lemmas = line.split()
            exceptions.setdefault(plural, []).extend(lemmas)
        return cls(index, exceptions, contents["data.noun"])

    def is_noun(self, word: str) -> bool:
        """Return whether the word, or its lemma, can be a noun (even `a`, a vitamin, can)."""
        return key_of(self.lemma(word)) in self.index

    def lemma(self, word: str) -> str:
        """Return the singular of a noun, with spaces; unknown words unchanged.

        A listed word is its own lemma (`paris`, `bus`, `canvas`, `glasses` stay), unless it is
        an irregular plural whose singular has at least two senses more in use (`men`, `teeth`;
        but `data`, `cola`, `oxen` stay). Of several words the last one is made singular.
        """
        key = key_of(word)
        head, gap, last = key.rpartition("_")
        singulars = [key_of(self.lemma(last))] if gap else self._propose_singulars(key)
        found = [head + gap + one for one in singulars if head + gap + one in self.index]
        if key in self.index:
            irregular, used = self.exceptions.get(key, []), self._count_used_senses(key)
            found = [one for one in irregular if self._count_used_senses(one) > used + 1] or [key]
        return found[0].replace("_", " ") if found else word

    def synsets(self, word: str) -> list[str]:
        """Return the meanings of a noun or its lemma, the most frequent first."""
        entry = self.index.get(key_of(self.lemma(word)))
        fields = entry.split() if entry else ["", "0"]
        return [f"n{offset}" for offset in fields[len(fields) - int(fields[1]) :]]

    def category(self, word: str) -> str | None:
        """Return the category of the most frequent meaning: `animal`, `food`, `plant` ..."""
        synsets = self.synsets(word)
        return CATEGORIES[int(self._read_fields(synsets[0])[1])] if synsets else None

    def words(self, synset: str) -> list[str]:
        """Return the words of a synset, the most usual first, lower case with spaces."""
        fields = self._read_fields(synset)
        count = int(fields[3], 16)
        return [word.lower().replace("_", " ") for word in fields[4 : 4 + 2 * count : 2]]

    def hypernyms(self, synset: str) -> list[str]:
        """Return the synsets one step more general (of an instance: its class)."""
        fields = self._read_fields(synset)
        pointers = fields[5 + 2 * int(fields[3], 16) :]
        pairs = zip(pointers[::4], pointers[1::4], strict=False)
        return [f"n{offset}" for symbol, offset in pairs if symbol in ("@", "@i")]

    def ancestors(self, synset: str) -> set[str]:
        """Return all synsets that are more general, up to `entity`, without the synset itself."""
        found, left = set(), [synset]
        while left:
            more = set(self.hypernyms(left.pop())) - found
            found |= more
            left += more
        return found

    def _count_used_senses(self, word: str) -> int:
        """Count the senses of a word that occur in WordNet's sense-tagged texts."""
        fields = self.index.get(word, "0 0").split()
        return int(fields[4 + int(fields[2])]) if len(fields) > 2 else 0

    def _propose_singulars(self, key: str) -> list[str]:
        """Return candidates for the singular of one word: exceptions, then morphy(7WN)'s rules."""
        found = list(self.exceptions.get(key, []))
        if len(key) > 2 and not key.endswith("ss"):
            endings = ((old, new) for old, new in SUFFIXES.items() if key.endswith(old))
            found += [key.removesuffix(old) + new for old, new in endings]
        return found

    def _read_fields(self, synset: str) -> list[str]:
        """Return the fields of a synset's line, without its gloss."""
        start = int(synset.removeprefix("n"))
        line = self.data[start : self.data.find(b"|", start)].decode()
        if not line.startswith(f"{start:08d} "):
            raise SourceError(
                f"WordNet's data.noun should have synset {synset} at byte {start}, but has "
                f"{line[:20]!r}. The synset is not of WordNet 3.0, or the file is damaged."
            )
        return line.split()


def _read_package(package: Path) -> dict[str, bytes]:
    if not package.is_file() or not shutil.which("dpkg-deb"):
        raise SourceError(
            f"{package} should be Debian's wordnet-base package (and `dpkg-deb` be installed to "
            "open it) or a folder with WordNet's files. Unpack the package elsewhere and name "
            "its folder usr/share/wordnet."
        )
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as unpacking:
        unpacked = io.BytesIO(unpacking.stdout.read(MAX_UNPACKED + 1))
        unpacking.stdout.close()  # ends dpkg-deb where it has more
        complaint = unpacking.stderr.read().decode(errors="replace").strip()
    try:
        if unpacking.returncode:
            raise ValueError(complaint or f"it unpacks to more than {MAX_UNPACKED} bytes")
        members = {Path(one.name).name: one for one in read_tar_headers(unpacked)}
    except ValueError as error:
        raise SourceError(
            f"{package} is no whole Debian package: {error}. Remove it and fetch it again."
        ) from error
    content = unpacked.getvalue()
    found = {name: members[name] for name in FILES if name in members}
    return {name: content[one.offset : one.offset + one.size] for name, one in found.items()}


def require_wordnet(wordnet: WordNet | None, what: str) -> WordNet:
    """Return WordNet for a part of the vocabulary; a VocabularyError when it was not given."""
    if wordnet is None:
        raise VocabularyError(
            f"vocabulary: {what} needs WordNet, which was not given. Give the rule "
            "build_vocabulary Debian's wordnet-base as input, or leave it out of params.yaml."
        )
    return wordnet
