"""The Python interface: tag and embed photos with a trained tagger.

    from phototags.api import Tagger

    tagger = Tagger.load()                                # the tagger of photographs
    for photo in tagger.tag(["boat.jpg", "dog.jpg"], top=5):
        print(photo.photo, photo.error or photo.tags)     # ((tag, probability), ...)
    features = tagger.embed(["boat.jpg", "dog.jpg"])      # (2, 2048) float32

    from phototags.api import Index

    with Index.open("indexes/holiday") as index:          # made by `phototags index`
        for photo in index.search("dog beach", without=["people"], top=5).photos:
            print(photo.path, photo.score, photo.tags)

What is here keeps its names and types until a CHANGELOG entry says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import PhotoError
from phototags.library.photo_index import PhotoIndex as Index

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from phototags.export.tag_photos import ExportedTagger, PhotoTags

__all__ = ["Index", "Tagger"]
BATCH = 16


class Tagger:
    """A trained tagger with its vocabulary and network.

    Args:
        exported: of `load_exported`.
    """

    def __init__(self, exported: ExportedTagger):
        self._exported = exported

    @classmethod
    def load(
        cls,
        folder: str | PathLike[str] | None = None,
        *,
        above: float | None = None,
        precision: float | None = None,
    ) -> Tagger:
        """Load a tagger, and fetch the network of the one that comes with phototags once.

        Args:
            folder: of an exported tagger (`models/RUN/tagger`); None: the tagger of photographs
                that comes with phototags.
            above: give a tag only if its probability is at least this, in [0, 1].
            precision: give as many tags as keep an expected precision of this, in (0, 1); not
                with `above`.

        Raises:
            PhototagsError: no tagger there, a damaged file, or weights that cannot be had.
            ValueError: `above` and `precision` together, or out of their ranges.
        """
        if above is not None and precision is not None:
            raise ValueError("give either `above` or `precision`, not both")
        if above is not None and not 0 <= above <= 1:
            raise ValueError(f"`above` should be from 0 to 1, but is {above}")
        if precision is not None and not 0 < precision < 1:
            raise ValueError(f"`precision` should be above 0 and below 1, but is {precision}")
        place = common.find_tagger(common.BOX if folder is None else Path(folder))
        common.prepare_backbone(place)
        from phototags.export.tag_photos import load_exported

        choices = common.read_words(place)
        return cls(load_exported(place, above, precision, choices=choices))

    @property
    def tags(self) -> tuple[str, ...]:
        """The vocabulary, as `phototags vocabulary` changed it."""
        return tuple(self._exported.names)

    def tag(self, photos: Iterable[str | PathLike[str]], top: int = 10) -> list[PhotoTags]:
        """Tag picture files; one that cannot be read has an `error`, and no tags.

        Args:
            photos: paths. top: tags a photo, at most.
        """
        from phototags.export.tag_photos import tag_photos

        return list(tag_photos(self._exported, [str(photo) for photo in photos], top))

    def embed(self, photos: Iterable[str | PathLike[str]]) -> NDArray[np.float32]:
        """Features of picture files by the tagger's network, before any tag is scored: (n, F).

        Raises:
            PhotoError: a photo cannot be read; its message names the file.
        """
        from phototags.features.embed_photos import embed_photos

        pictures = map(self._open, photos)
        return embed_photos(self._exported.backbone, pictures, batch_size=BATCH).numpy()

    def _open(self, photo: str | PathLike[str]) -> Tensor:
        from phototags.export.tag_photos import open_photo

        try:
            return open_photo(str(photo), self._exported.backbone)
        except PhotoError as error:
            raise PhotoError(error.reason, f"{photo}: {error}") from error
