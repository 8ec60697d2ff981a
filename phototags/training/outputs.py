"""What a training leaves, by the workflow's rules and outside of them alike."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from torch import nn

from phototags.io.storage import atomic_write
from phototags.params.compute import Compute
from phototags.systems.bases.system import System
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import Tagger, save
from phototags.training.checkpoints import MIN_SECONDS, Checkpoint, compute_fingerprint
from phototags.training.context import TrainContext
from phototags.training.inputs import Files, Inputs, deciding
from phototags.training.live_curves import LiveCurves


def around_job(model: Path, files: Files, settings: Mapping, loaders: int = 1) -> TrainContext:
    """What a workflow's job leaves while it trains, in folders that are no job's outputs.

    Args:
        model: the job's output below models/. files: its inputs. settings: its params, `compute`
            among them. loaders: threads that decode pictures, which change no result.
    """
    fingerprint = compute_fingerprint(deciding(files), settings)
    checkpoint = Checkpoint(Path("checkpoints") / model, fingerprint, MIN_SECONDS)
    live = LiveCurves(Path("live") / model.relative_to("models").parent)
    compute = Compute(**settings["compute"], loader_threads=loaders)
    return TrainContext(checkpoint, live, compute=compute)


def write_trained(
    folder: Path,
    trained: tuple[Tagger, pd.DataFrame],
    system: System,
    inputs: Inputs,
    about: Mapping,
    backbone: nn.Module | None = None,
) -> None:
    """Write the tagger's folder, and history.csv in it.

    Args:
        trained: the tagger and its history. about: names that only the caller knows: backbone,
            train, seed. backbone: what learned with the tagger; None when it was frozen.
    """
    tagger, history = trained
    config = described(system, *inputs.parts, inputs.vocabulary) | dict(about)
    save(tagger, config, folder, backbone)
    write_history(folder / "history.csv", history)


def described(
    system: System, photos: TaggedPhotos, validation: TaggedPhotos, vocabulary: Sequence[str]
) -> dict:
    """What config.json says of how a tagger was made, but for names only the caller knows."""
    return {
        "system": system.model_dump(),
        "features": photos.features.shape[1] - photos.n_user_features,
        "tags": len(vocabulary),
        "photos": {
            "train": len(photos),
            "train_without_known_tags": photos.n_left_out,
            "validation": len(validation),
            "validation_without_known_tags": validation.n_left_out,
        },
    }


def write_history(path: Path | str, history: pd.DataFrame) -> None:
    """epoch, loss, validation_map, best; floats as they are, so that equal runs are equal bytes."""
    with atomic_write(path) as part:
        history.to_csv(part, index=False, lineterminator="\n")
