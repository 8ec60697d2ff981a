"""Kernel ridge regression over the training photos, calibrated, then turned into gains of F1."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.errors import CorpusError, ModelError
from phototags.systems.parts.calibration import Calibration, fit_calibration
from phototags.systems.parts.expected_f1 import Gains, fit_gains

CHUNK = 1024  # photos compared with all training photos at a time
MAX_PHOTOS = 20_000  # of training: their kernel matrix has 1.6 GB


class Regression(NamedTuple):
    """Kernel ridge regression of every tag at once.

    Args:
        photos: (N, n) float16, training photos' features of length one.
        duals: (N, T) float32, weight of each training photo's kernel in a tag's score.
        rates: (T,) float32, the score where no photo is similar.
    """

    photos: Tensor
    duals: Tensor
    rates: Tensor

    def scores(self, features: Tensor, gamma: float) -> Tensor:
        """(B, n) features of length one to (B, T)."""
        return rbf_kernel(features, self.photos.float(), gamma) @ self.duals + self.rates


PARTS = {"regression": Regression, "chances": Calibration, "gains": Gains}  # names in files


class KernelRidgeTagger:
    """Kernel ridge regression whose scores become probabilities, and these gains of F1.

    Args:
        regression, calibration, gains: as `fit_kernel_ridge` fits them.
        gamma: of the kernel.
    """

    def __init__(
        self, regression: Regression, calibration: Calibration, gains: Gains, gamma: float
    ):
        self.regression, self.calibration, self.gains = regression, calibration, gains
        self.gamma = gamma

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that `from_tensors` restores it from."""
        parts = self.regression, self.calibration, self.gains
        return {
            f"{name}.{field}": tensor
            for name, part in zip(PARTS, parts, strict=True)
            for field, tensor in part._asdict().items()
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], gamma: float) -> "KernelRidgeTagger":
        """Restore a tagger from what `tensors()` returned."""
        parts = [
            kind(*(tensors[f"{name}.{field}"] for field in kind._fields))
            for name, kind in PARTS.items()
        ]
        return cls(*parts, gamma)

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float32: the gain from giving the photo the tag, see `Gains`."""
        chunks = normalize(features.float()).split(CHUNK)
        scores = [self.regression.scores(chunk, self.gamma) for chunk in chunks]
        parts = [self.gains.scores(self.calibration.probabilities(one)) for one in scores]
        return torch.cat(parts)


def rbf_kernel(photos: Tensor, others: Tensor, gamma: float) -> Tensor:
    """The kernel exp(-gamma * squared distance) + 1; the one is the regression's intercept.

    Args:
        photos: (B, n) float of length one. others: (N, n), the same.

    Returns:
        (B, N) float in (1, 2].
    """
    return (photos @ others.T).mul_(2).sub_(2).mul_(gamma).exp_().add_(1)


def fit_regression(
    features: Tensor, relevant: Tensor, *, gamma: float, alpha: float
) -> tuple[Regression, Tensor]:
    """Fit the regression, and score each training photo by one fitted without it.

    The second costs nothing more: without photo i its residual is duals[i] / inverse[i, i]
    (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.2).

    Args:
        features: (N, n) float. relevant: (N, T) bool.

    Returns:
        the regression, and (N, T) float32.

    Raises:
        CorpusError: more photos than fit in memory.
        ModelError: alpha is lost in rounding.
    """
    if len(features) > MAX_PHOTOS:
        raise CorpusError(
            "kernel-ridge compares all training photos with each other: at most "
            f"{MAX_PHOTOS:,}, but there are {len(features):,}. Take another system, or fewer by "
            "corpora.samples."
        )
    photos = normalize(features.float()).half()
    own = photos.float()
    truth = relevant.float()
    rates = truth.mean(0)
    matrix = rbf_kernel(own, own, gamma)
    matrix.diagonal().add_(alpha)
    root, failed = torch.linalg.cholesky_ex(matrix)
    if failed:
        raise ModelError(
            f"the kernel of {len(photos)} photos should be positive definite, but with "
            f"alpha {alpha} rounding makes it indefinite. Set a larger alpha in params.yaml."
        )
    inverse = torch.cholesky_inverse(root)
    duals = inverse @ (truth - rates)
    unseen = truth - duals / inverse.diagonal()[:, None]
    return Regression(photos, duals, rates), unseen


def fit_kernel_ridge(
    features: Tensor,
    relevant: Tensor,
    *,
    gamma: float,
    alpha: float,
    top_k: int | None,
    f1_photos: int,
    precision_weight: float,
) -> KernelRidgeTagger:
    """Fit the tagger to training photos alone.

    Args:
        features: (N, n) float. relevant: (N, T) bool. The others: as in KernelRidge.
    """
    regression, unseen = fit_regression(features, relevant, gamma=gamma, alpha=alpha)
    calibration = fit_calibration(unseen, relevant)
    gains = fit_gains(
        calibration.probabilities(unseen),
        relevant.sum(0),
        top_k=top_k,
        f1_photos=f1_photos,
        precision_weight=precision_weight,
    )
    return KernelRidgeTagger(regression, calibration, gains, gamma)
