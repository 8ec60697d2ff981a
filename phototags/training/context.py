"""What stands around a training: where it computes, what it leaves on its way, who shares it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from phototags.errors import ParamsError
from phototags.params.compute import Compute
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.training.checkpoints import Checkpoint
from phototags.training.state import Course

Judge = Callable[[EmbeddingTagger], float]


@dataclass(frozen=True)
class Around:
    """What stands around a training and changes none of its results but by rounding.

    Args:
        checkpoint: where to go on from, and what to leave after each step.
        follow: is told epoch, loss, validation_map of each epoch, those before a kill too.
        held: what stands in the place of the tagger while it learns.
        prepare: is given the state before the first epoch, to train on several processes.
        judged: who judges for whom when they are several.
        compute: where the tagger learns, and how.
    """

    checkpoint: Checkpoint | None = None
    follow: Callable[[dict], None] = lambda row: None
    held: Callable[[EmbeddingTagger], EmbeddingTagger] = lambda tagger: tagger
    prepare: Callable[[Course], None] = lambda course: None
    judged: Callable[[Judge], Judge] = lambda judge: judge
    compute: Compute = Compute()

    def placed(self, tagger: EmbeddingTagger) -> EmbeddingTagger:
        """What learns in the tagger's place, where it learns.

        Raises:
            ParamsError: there is no such device.
        """
        device, tagger = torch.device(self.compute.device), self.held(tagger)
        if device.type == "cuda":
            if (device.index or 0) >= torch.cuda.device_count():
                raise ParamsError(
                    f"train.compute.device is {device}, but torch finds no such GPU here. "
                    "Set `device: cpu`, or train where there is one."
                )
            torch.backends.cudnn.allow_tf32 = self.compute.precision != "fp32"
        tagger.place(device, device if self.compute.table == "device" else "cpu")
        return tagger


ALONE = Around()
