"""An exported tagger with the Hugging Face hub's three calls; local folders need no hub.

tagger = HubTagger.from_pretrained("models/pictures/tagger")    # or "owner/name" on the hub
tagger.tag(["photo.jpg"])
tagger.save_pretrained("elsewhere"); tagger.push_to_hub("owner/name")
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from huggingface_hub import ModelHubMixin, snapshot_download

from phototags.errors import ModelError
from phototags.export.tag_photos import PhotoTags, load_exported, tag_photos
from phototags.io.storage import atomic_write
from phototags.systems.tagger import BACKBONE, CALIBRATION, own_backbone

FILES = ("model.safetensors", "config.json", "vocabulary.tsv", "MODEL_CARD.md")
METADATA = "---\nlibrary_name: phototags\npipeline_tag: image-classification\n---\n\n"


class HubTagger(ModelHubMixin, library_name="phototags"):
    """An exported tagger that can be loaded from the hub and saved to it.

    Only FILES, a calibration and a trained backbone are read or downloaded: safetensors, JSON and
    text.

    Raises:
        ModelError: when the folder lacks one of FILES.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        if missing := [name for name in FILES if not (self.folder / name).is_file()]:
            raise ModelError(
                f"{self.folder} should be a tagger's folder, but has no {', '.join(missing)}. "
                "Export one with `make results`, or name another folder."
            )
        self.exported = load_exported(self.folder)
        self.weights = [FILES[0], *([BACKBONE] if own_backbone(self.folder) else [])]
        self.weights += [CALIBRATION] if (self.folder / CALIBRATION).exists() else []
        self.texts = {name: (self.folder / name).read_bytes() for name in FILES[1:]}

    def tag(self, photos: Iterable[str], top: int = 5) -> list[PhotoTags]:
        """Tag picture files; each gets its best tags, or the error why it has none."""
        return list(tag_photos(self.exported, photos, top))

    def _save_pretrained(self, save_directory: Path) -> None:
        """Write the files unchanged, and the model card as the hub's README.md."""
        for name in self.weights:
            with atomic_write(save_directory / name) as part:
                shutil.copyfile(self.folder / name, part)
        readme = {"README.md": METADATA.encode() + self.texts["MODEL_CARD.md"]}
        for name, content in (self.texts | readme).items():  # the mixin removes config.json first
            with atomic_write(save_directory / name) as part:
                part.write_bytes(content)

    @classmethod
    def _from_pretrained(cls, *, model_id: str, revision=None, cache_dir=None, token=None, **more):
        """Load from a folder, or download from the hub.

        Args:
            more: the mixin's other arguments; force_download and local_files_only are used.
        """
        if Path(model_id).is_dir():
            return cls(model_id)
        options = {name: more.get(name, False) for name in ("force_download", "local_files_only")}
        options |= {"revision": revision, "cache_dir": cache_dir, "token": token}
        return cls(
            snapshot_download(model_id, allow_patterns=[*FILES, BACKBONE, CALIBRATION], **options)
        )
