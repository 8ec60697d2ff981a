"""Errors that a user can cause and mend. Each says what was expected, found, where, what to do."""


class PhototagsError(Exception):
    """Something outside the program is not as it must be; the message tells how to mend it."""


class ParamsError(PhototagsError):
    """params.yaml or a preset says something that cannot be."""


class SourceError(PhototagsError):
    """A source (package, mirror, url) is missing or gave something else than promised."""


class ArchiveError(PhototagsError):
    """An archive is corrupt, hostile or larger than allowed."""


class CorpusError(PhototagsError):
    """The files of a corpus are not in the layout that its reader knows."""


class PhotoError(PhototagsError):
    """One picture cannot be used.

    Args:
        reason: a short name from a closed set (`not_an_image`, `truncated`, `too_many_pixels`),
            what the tables of drops count.
        message: what was expected and found.
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


class VocabularyError(PhototagsError):
    """A tag or a word is not known where it must be."""


class ModelError(PhototagsError):
    """A tagger's folder, weights or index is missing, damaged or does not fit."""
