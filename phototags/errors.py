"""Errors that a user can cause and mend; each says what was expected, found, where, what to do."""

import re

MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")


def strip_memory_addresses(text: str) -> str:
    """Remove the addresses of objects from a text, which differ from run to run.

    >>> strip_memory_addresses("no image in <_io.BytesIO object at 0x7f3a>")
    'no image in <_io.BytesIO object>'
    """
    return MEMORY_ADDRESS.sub("", text)


class PhototagsError(Exception):
    """Base class: a file, a setting or the machine is not as needed."""


class ParamsError(PhototagsError):
    """params.yaml or a preset has a wrong key or value."""


class SourceError(PhototagsError):
    """A source (package, mirror, url) is missing or has other content than expected."""


class ArchiveError(PhototagsError):
    """An archive is corrupt, hostile or larger than allowed."""


class CorpusError(PhototagsError):
    """The files of a corpus do not have the layout that its reader expects."""


class PhotoError(PhototagsError):
    """One picture cannot be used.

    Args:
        reason: a short name from a closed set (`not_an_image`, `truncated`, `too_many_pixels`);
            the tables of drops count it.
        message: what was expected and what was found.
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


class VocabularyError(PhototagsError):
    """A tag or word is unknown, or a vocabulary file is damaged."""


class ModelError(PhototagsError):
    """A tagger's folder, weights or index is missing, damaged or does not fit the others."""


class VocabularyFileError(VocabularyError, ModelError):
    """The file of a vocabulary is missing, damaged or of another kind."""
