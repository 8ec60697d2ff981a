"""Where a training computes, what it resumes from and reports to, and who shares it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from phototags.errors import ParamsError
from phototags.params.compute import Compute
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.tagger import Tagger
from phototags.training.checkpoints import Checkpoint
from phototags.training.state import TrainState

Evaluate = Callable[[EmbeddingTagger], float]
"""A tagger's validation mAP, more is better; nan without validation photos."""


@dataclass(frozen=True)
class TrainContext:
    """The surroundings of a training, which change its results by rounding only.

    Args:
        checkpoint: what to resume from, and to save to after each step.
        on_epoch: called with epoch, loss, validation_map of each epoch, those before a kill too.
        wrap_tagger: gives the module that learns in the tagger's place.
        on_start: called with the state before the first epoch, to share it among processes.
        wrap_evaluate: gives the evaluation that several processes agree on.
        gather_tagger: gives the complete tagger when each process has a part of it.
        own_part: the photos of a batch that this process decodes, given their number; None: all.
        is_first: whether this process writes the tagger.
        compute: device, precision and threads.
    """

    checkpoint: Checkpoint | None = None
    on_epoch: Callable[[dict], None] = lambda row: None
    wrap_tagger: Callable[[EmbeddingTagger], EmbeddingTagger] = lambda tagger: tagger
    on_start: Callable[[TrainState], None] = lambda state: None
    wrap_evaluate: Callable[[Evaluate], Evaluate] = lambda evaluate: evaluate
    gather_tagger: Callable[[Tagger], Tagger] = lambda tagger: tagger
    own_part: Callable[[int], slice] | None = None
    is_first: bool = True
    compute: Compute = Compute()

    def place(self, tagger: EmbeddingTagger) -> EmbeddingTagger:
        """Wrap the tagger and move it to its device.

        Raises:
            ParamsError: there is no such device.
        """
        device, tagger = torch.device(self.compute.device), self.wrap_tagger(tagger)
        if device.type == "cuda":
            if (device.index or 0) >= torch.cuda.device_count():
                raise ParamsError(
                    f"train.compute.device is {device}, but torch finds no such GPU here. "
                    "Set `device: cpu`, or train where there is one."
                )
            torch.backends.cudnn.allow_tf32 = self.compute.precision != "fp32"
        tagger.place(device, device if self.compute.tag_table == "device" else "cpu")
        return tagger


DEFAULT_CONTEXT = TrainContext()
