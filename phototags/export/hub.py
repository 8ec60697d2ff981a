"""A tagger's folder with the Hugging Face hub's three calls, which need no hub for a folder here.

tagger = HubTagger.from_pretrained("models/pictures/tagger")    # or "owner/name" on the hub
tagger.tag(["photo.jpg"])
tagger.save_pretrained("elsewhere"); tagger.push_to_hub("owner/name")
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from huggingface_hub import ModelHubMixin, snapshot_download

from phototags.errors import ModelError
from phototags.export.tag_photos import Exported, Tagged, read_exported, tag_photos
from phototags.io.storage import atomic_write
from phototags.systems.tagger import BACKBONE, own_backbone

FILES = ("model.safetensors", "config.json", "vocabulary.tsv", "MODEL_CARD.md")
ABOUT = "---\nlibrary_name: phototags\npipeline_tag: image-classification\n---\n\n"


class HubTagger(ModelHubMixin, library_name="phototags"):
    """A tagger that was read from a folder, and the folder that it is written from again.

    Only the four files of FILES, and the backbone that learned with the tagger, are read or
    fetched: safetensors, JSON and text.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        if missing := [name for name in FILES if not (self.folder / name).is_file()]:
            raise ModelError(
                f"{self.folder} should be a tagger's folder, but has no {', '.join(missing)}. "
                "Export one with `make results`, or name another folder."
            )
        self.exported: Exported = read_exported(self.folder)
        self.weights = [FILES[0], *([BACKBONE] if own_backbone(self.folder) else [])]
        self.texts = {name: (self.folder / name).read_bytes() for name in FILES[1:]}

    def tag(self, photos: Iterable[str], top: int = 5) -> list[Tagged]:
        """Each picture's first tags, or why there are none; paths of files."""
        return list(tag_photos(self.exported, photos, top))

    def _save_pretrained(self, save_directory: Path) -> None:
        """The files as they are, and the card as the hub's README.md."""
        for name in self.weights:
            with atomic_write(save_directory / name) as part:
                shutil.copyfile(self.folder / name, part)
        readme = {"README.md": ABOUT.encode() + self.texts["MODEL_CARD.md"]}
        for name, content in (self.texts | readme).items():  # the mixin removes config.json first
            with atomic_write(save_directory / name) as part:
                part.write_bytes(content)

    @classmethod
    def _from_pretrained(cls, *, model_id: str, revision=None, cache_dir=None, token=None, **asked):
        """From a folder, or from what the hub has under this name.

        Args:
            asked: what else the mixin passes; force_download and local_files_only are heeded.
        """
        if Path(model_id).is_dir():
            return cls(model_id)
        heeded = {name: asked.get(name, False) for name in ("force_download", "local_files_only")}
        place = {"revision": revision, "cache_dir": cache_dir, "token": token}
        return cls(
            snapshot_download(model_id, allow_patterns=[*FILES, BACKBONE], **place, **heeded)
        )
