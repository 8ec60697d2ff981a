"""A folder of three pictures, a tagger of colours, and an index of them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from phototags.library.manage import update_index
from phototags.library.photo_index import PhotoIndex
from tests.library.colour_tagger import make_png, patch_backbone, write_tagger


@dataclass
class Home:
    """Folders of a test.

    Args:
        photos: of rose.png (red), sky.png (blue) and sub/grass.png (green). model: the tagger.
        index: where the index goes.
    """

    photos: Path
    model: Path
    index: Path

    def update(self, *folders, workers=1, **options):
        """Update the index with the folders, else with `photos`."""
        folders = [str(folder) for folder in folders or [self.photos]]
        return update_index(self.index, folders, self.model, workers, **options)

    def search(self, words="", **options):
        """Names of the files that a search finds, best first."""
        with PhotoIndex.open(self.index) as index:
            return [Path(photo.path).name for photo in index.search(words, **options).photos]

    def add(self, name, colour, number=0):
        """Write a picture below `photos`."""
        path = self.photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_png(colour, number))
        return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    patch_backbone(monkeypatch.setattr)
    folders = Home(tmp_path / "photos", write_tagger(tmp_path / "tagger"), tmp_path / "index")
    for name, colour in (("rose.png", "red"), ("sky.png", "blue"), ("sub/grass.png", "#00ff00")):
        folders.add(name, colour)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folders
