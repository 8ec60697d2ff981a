"""Ridge regression on a photo's likeness to every training photo, in chances and gains."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.errors import CorpusError, ModelError
from phototags.systems.parts.calibration import Chances, learn_chances
from phototags.systems.parts.expected_f1 import Gains, learn_gains

CHUNK = 1024  # photos compared with all training photos at a time
MOST = 20_000  # training photos: their likeness to each other is 1.6 GB


class Regression(NamedTuple):
    """Kernel ridge regression of every tag at once.

    Args:
        photos: (N, n) float16, training photos' features of length one.
        duals: (N, T) float32, what each training photo says for a tag by its likeness.
        rates: (T,) float32, what is said where no photo is alike.
    """

    photos: Tensor
    duals: Tensor
    rates: Tensor

    def scores(self, features: Tensor, gamma: float) -> Tensor:
        """(B, n) features of length one to (B, T)."""
        return likeness(features, self.photos.float(), gamma) @ self.duals + self.rates


class KernelRidgeTagger:
    """Kernel ridge regression whose scores become chances, and these gains.

    Args:
        regression, chances, gains: learned by `learn`.
        gamma: of the likeness.
    """

    def __init__(self, regression: Regression, chances: Chances, gains: Gains, gamma: float):
        self.regression, self.chances, self.gains = regression, chances, gains
        self.gamma = gamma

    def tensors(self) -> dict[str, Tensor]:
        """What the tagger knows, to be written."""
        parts = {"regression": self.regression, "chances": self.chances, "gains": self.gains}
        return {
            f"{name}.{field}": tensor
            for name, part in parts.items()
            for field, tensor in part._asdict().items()
        }

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float32: what giving the photo the tag gains, see `gains`."""
        parts = [
            self.gains.of(self.chances.of(self.regression.scores(part, self.gamma)))
            for part in normalize(features.float()).split(CHUNK)
        ]
        return torch.cat(parts)


def restore(tensors: dict[str, Tensor], gamma: float) -> KernelRidgeTagger:
    """The tagger that `tensors` were taken from."""
    parts = [
        kind(*(tensors[f"{kind.__name__.lower()}.{field}"] for field in kind._fields))
        for kind in (Regression, Chances, Gains)
    ]
    return KernelRidgeTagger(*parts, gamma)


def likeness(photos: Tensor, others: Tensor, gamma: float) -> Tensor:
    """exp(-gamma * squared distance) + 1; the one is the regression's constant.

    Args:
        photos: (B, n) float of length one. others: (N, n), the same.

    Returns:
        (B, N) float in (1, 2].
    """
    return (photos @ others.T).mul_(2).sub_(2).mul_(gamma).exp_().add_(1)


def regress(
    features: Tensor, relevant: Tensor, *, gamma: float, alpha: float
) -> tuple[Regression, Tensor]:
    """The regression, and each training photo's scores by the one that did not learn from it.

    The second costs nothing more: without photo i its residual is duals[i] / inverse[i, i]
    (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.2).

    Args:
        features: (N, n) float. relevant: (N, T) bool.

    Returns:
        the regression, and (N, T) float32.

    Raises:
        CorpusError: more photos than fit in memory.
        ModelError: an alpha below what rounding takes away.
    """
    if len(features) > MOST:
        raise CorpusError(
            f"kernel-ridge compares all training photos with each other: at most {MOST:,}, but "
            f"there are {len(features):,}. Take another system, or fewer by corpora.samples."
        )
    photos = normalize(features.float()).half()
    own = photos.float()
    truth = relevant.float()
    rates = truth.mean(0)
    matrix = likeness(own, own, gamma)
    matrix.diagonal().add_(alpha)
    root, failed = torch.linalg.cholesky_ex(matrix)
    if failed:
        raise ModelError(
            f"the likeness of {len(photos)} photos should be positive definite, but with "
            f"alpha {alpha} rounding makes it indefinite. Set a larger alpha in params.yaml."
        )
    inverse = torch.cholesky_inverse(root)
    duals = inverse @ (truth - rates)
    unseen = truth - duals / inverse.diagonal()[:, None]
    return Regression(photos, duals, rates), unseen


def learn(
    features: Tensor,
    relevant: Tensor,
    *,
    gamma: float,
    alpha: float,
    top_k: int,
    f1_photos: int,
    precision_weight: float,
) -> KernelRidgeTagger:
    """The tagger from training photos alone.

    Args:
        features: (N, n) float. relevant: (N, T) bool. The rest: as in systems.KernelRidge.
    """
    regression, unseen = regress(features, relevant, gamma=gamma, alpha=alpha)
    chances = learn_chances(unseen, relevant)
    gains = learn_gains(
        chances.of(unseen),
        relevant.sum(0),
        top_k=top_k,
        f1_photos=f1_photos,
        precision_weight=precision_weight,
    )
    return KernelRidgeTagger(regression, chances, gains, gamma)
