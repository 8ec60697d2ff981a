"""Closed-form linear maps: ridge regression for many penalties, whitening of text vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ridge:
    """Ridge regression on one set of inputs, decomposed once for any penalty and any targets.

    Inputs are centred; W = (Xc' Xc + alpha I)^-1 Xc' Y, by the eigenvectors of Xc' Xc.

    Args:
        mean: (F,) of the inputs.
        eigenvectors: (F, F), columns.
        eigenvalues: (F,) non-negative.
        rotated: (n, F), the centred inputs times the eigenvectors.
    """

    mean: Matrix
    eigenvectors: Matrix
    eigenvalues: Matrix
    rotated: Matrix

    def solve(self, targets: Matrix, alpha: float) -> Matrix:
        """Fit targets (n, E): the map W (F, E). Their mean cancels, since inputs are centred.

        Args:
            alpha: of the penalty alpha |W|^2, above 0.
        """
        return self.eigenvectors @ self._shrink(targets, alpha)

    def predict(self, targets: Matrix, alpha: float, inputs: Matrix) -> Matrix:
        """Fit targets (n, E) and apply the map to (m, F) inputs: (m, E), without building W."""
        return ((inputs - self.mean) @ self.eigenvectors) @ self._shrink(targets, alpha)

    def _shrink(self, targets: Matrix, alpha: float) -> Matrix:
        return (self.rotated.T @ targets) / (self.eigenvalues + alpha)[:, None]


def decompose(inputs: Matrix) -> Ridge:
    """Prepare ridge regression on inputs (n, F).

    >>> ridge = decompose(np.array([[0.0], [2.0], [4.0]]))
    >>> ridge.solve(np.array([[1.0], [2.0], [3.0]]), alpha=8.0).round(9).tolist()
    [[0.25]]
    """
    inputs = np.asarray(inputs, np.float64)
    mean = inputs.mean(axis=0)
    values, vectors = np.linalg.eigh((inputs - mean).T @ (inputs - mean))
    return Ridge(mean, vectors, np.maximum(values, 0), (inputs - mean) @ vectors)


def whiten(vectors: Matrix, power: float) -> Matrix:
    """Map that evens out the variances of text vectors, (E, E).

    (C + m I)^(-power / 2), C being the covariance of the vectors and m the mean of its
    eigenvalues. Text vectors vary most along directions that photos do not show. 0 leaves them
    as they are; with 1, `Xc' Y` times this map twice is the text side of ESZSL (Romera-Paredes &
    Torr, ICML 2015), whose penalty is then m times the number of vectors.

    Args:
        vectors: (T, E) float, not all equal.
        power: in [0, 1].
    """
    centred = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    values = np.maximum(values, 0)
    return (axes / (values + values.mean()) ** (power / 2)) @ axes.T


def scale_to_unit(vectors: Matrix) -> Matrix:
    """Scale rows to length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
