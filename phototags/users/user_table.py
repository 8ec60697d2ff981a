"""The table that describes each photo's user by numbers, and which photos are history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.bases.user import DESCRIPTORS, WIDE
from phototags.users.attributes import Attribute


@dataclass(frozen=True, eq=False)
class UserTable:
    """What is known of the user of each photo of a corpus.

    Args:
        rows: (N,) int64 of the photo table, ascending.
        history: (N,) bool, photos that are neither learned from nor scored.
        blocks: (N, d + 1) float32 by name of DESCRIPTORS, those of WIDE only where a system of the
            run uses them; the last column is 1 where it is known, and all are 0 where it is not.
    """

    rows: Tensor
    history: Tensor
    blocks: dict[str, Tensor]

    def look_up(self, rows: Sequence[int], names: Sequence[str]) -> Tensor:
        """Look up the named blocks of rows, side by side: (n, m) float32; m = 0 without names.

        Raises:
            ModelError: when a row is not in the table.
        """
        wanted = torch.as_tensor(rows, dtype=torch.int64)
        places = torch.searchsorted(self.rows, wanted).clamp(max=max(len(self.rows) - 1, 0))
        if not len(self.rows) or not self.rows[places].equal(wanted):
            raise ModelError(
                f"the users of {len(wanted)} photos should be described, but not all of them are "
                "in users_*.safetensors. Remove it and run `snakemake` again."
            )
        blocks = [self.blocks[name][places] for name in DESCRIPTORS if name in names]
        return torch.cat([torch.zeros(len(wanted), 0), *blocks], dim=1)

    def scored_mask(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """(n,) bool, False for the photos that are history."""
        return ~np.isin(rows, self.rows[self.history].numpy())


def make_user_table(
    rows: NDArray[np.int64],
    users: NDArray[np.int64],
    parts: NDArray,
    history: NDArray[np.bool_],
    attributes: Mapping[str, Attribute],
) -> UserTable:
    """Average attributes over the user's other photos that are trained on or history.

    Args:
        rows: (N,) ascending. users: (N,) numbers, negative when unknown.
        parts: (N,) of the split; training photos describe their users, others only if history.
        attributes: by name of DESCRIPTORS less WIDE, and less `number`, the logarithm of how many
            photos there are, which is made here.
    """
    counted = (parts == "train") | history
    count = leave_one_out_means(np.zeros((len(rows), 1)), users, counted)[1]
    blocks = {"number": _make_block(np.log1p(count)[:, None], count > 0)}
    for name, (values, has) in attributes.items():
        means, others = leave_one_out_means(values, users, counted & has)
        blocks[name] = _make_block(means, others > 0)
    return UserTable(torch.tensor(rows), torch.tensor(history), blocks)


def _make_block(values: NDArray, known: NDArray) -> Tensor:
    """(N, d + 1) float32."""
    columns = np.concatenate([np.where(known[:, None], values, 0.0), known[:, None]], axis=1)
    return torch.from_numpy(columns.astype(np.float32))


def leave_one_out_means(
    values: NDArray[np.float64], users: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Average a value over the other photos of each photo's user.

    Summed before and after the photo, not as all less its own: so not even the rounding of a
    photo's own values reaches the description of its user.

    Args:
        values: (N, d); may be nan where a photo is not counted.
        users: (N,) number of each photo's user, negative when unknown.
        counted: (N,) which photos enter the means.

    Returns:
        (N, d), zero where there is no other; and (N,) how many others there are.

    >>> means, others = leave_one_out_means(
    ...     np.array([[1.0], [2.0], [9.0], [5.0]]), np.array([0, 0, 0, -1]), np.ones(4, bool)
    ... )
    >>> means.ravel().tolist(), others.tolist()
    ([5.5, 5.0, 1.5, 0.0], [2, 2, 2, 0])
    """
    held = np.where(counted[:, None], values, 0.0)
    means, others = np.zeros_like(held), np.zeros(len(held), np.int64)
    for photos in group_photos(users):
        own, known = held[photos], counted[photos].astype(np.int64)
        others[photos] = known.sum() - known
        sums = _sum_before(own) + _sum_before(own[::-1])[::-1]
        means[photos] = sums / np.maximum(others[photos], 1)[:, None]
    return means, others


def group_photos(users: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The photos of each known user, in their order."""
    order = np.argsort(users, kind="stable")
    order = order[users[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(users[order])) + 1)


def _sum_before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, d) sums of the rows before each row."""
    return np.concatenate([np.zeros_like(values[:1]), np.cumsum(values[:-1], axis=0)])


def append_user_features(
    features: Tensor, rows: Sequence[int], users: UserTable | None, descriptors: Sequence[str]
) -> Tensor:
    """Append the description of each photo's user to features (N, n): (N, n + m).

    Args:
        descriptors: of the system that will see them; none leaves the features as they are.
    """
    if users is None or not descriptors:
        return features
    return torch.cat([features, users.look_up(rows, descriptors)], dim=1)


def write_users(path: Path | str, table: UserTable) -> None:
    """Write a table; the same table gives the same bytes."""
    write_tensors(path, {"rows": table.rows, "history": table.history, **table.blocks})


def read_users(paths: Sequence[Path | str]) -> UserTable | None:
    """Read the table that `write_users` wrote; None without a path, in a run without users.

    Raises:
        ModelError: when the file does not hold a table of users.
    """
    if not paths:
        return None
    tensors, _ = read_tensors(paths[0])
    names = [name for name in DESCRIPTORS if name in tensors or name not in WIDE]
    blocks = {name: tensors.get(name) for name in names}
    known = [tensors.get("rows"), tensors.get("history"), *blocks.values()]
    if any(one is None or len(one) != len(known[0]) for one in known):
        raise ModelError(
            f"{paths[0]} should hold rows, history and {', '.join(names)}, one for each "
            f"photo, but holds {sorted(tensors)}. Remove it and run `snakemake` again."
        )
    return UserTable(tensors["rows"], tensors["history"], blocks)
