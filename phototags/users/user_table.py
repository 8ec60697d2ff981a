"""Each photo's user as numbers, and which photos may only be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.ranked import DESCRIPTORS
from phototags.users.attributes import Attribute
from phototags.users.leave_one_out import means_of_others


@dataclass(frozen=True, eq=False)
class UserTable:
    """What is known of the user of each photo of a corpus.

    Args:
        rows: (N,) int64 of the photo table, ascending.
        history: (N,) bool, photos that are neither learned from nor scored.
        blocks: (N, d + 1) float32 by name of DESCRIPTORS; the last column is 1 where it is known,
            and all are 0 where it is not.
    """

    rows: Tensor
    history: Tensor
    blocks: Mapping[str, Tensor]

    def of(self, rows: Sequence[int], names: Sequence[str]) -> Tensor:
        """(n, m) float32, the named blocks of these rows side by side; m = 0 without names.

        Raises:
            ModelError: when a row is not in the table.
        """
        asked = torch.as_tensor(rows, dtype=torch.int64)
        places = torch.searchsorted(self.rows, asked).clamp(max=max(len(self.rows) - 1, 0))
        if not len(self.rows) or not self.rows[places].equal(asked):
            raise ModelError(
                f"the users of {len(asked)} photos should be described, but not all of them are "
                "in users_*.safetensors. Remove it and run `snakemake` again."
            )
        blocks = [self.blocks[name][places] for name in DESCRIPTORS if name in names]
        return torch.cat([torch.zeros(len(asked), 0), *blocks], dim=1)

    def scored(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """(n,) False for the photos that are history."""
        return ~np.isin(rows, self.rows[self.history].numpy())


def describe(
    rows: NDArray[np.int64],
    users: NDArray[np.int64],
    parts: NDArray,
    history: NDArray[np.bool_],
    attributes: Mapping[str, Attribute],
) -> UserTable:
    """Means over the user's other photos that are learned from or history, never its own.

    Args:
        rows: (N,) ascending. users: (N,) numbers, negative when unknown.
        parts: (N,) of the split; training photos tell of their users, others only if history.
        attributes: by name of DESCRIPTORS less `number`, the logarithm of how many photos there
            are, which is made here.
    """
    seen = (parts == "train") | history
    number = means_of_others(np.zeros((len(rows), 1)), users, seen)[1]
    blocks = {"number": _block(np.log1p(number)[:, None], number > 0)}
    for name, (values, has) in attributes.items():
        means, others = means_of_others(values, users, seen & has)
        blocks[name] = _block(means, others > 0)
    return UserTable(torch.tensor(rows), torch.tensor(history), blocks)


def _block(values: NDArray, known: NDArray) -> Tensor:
    """(N, d + 1) float32."""
    columns = np.concatenate([np.where(known[:, None], values, 0.0), known[:, None]], axis=1)
    return torch.from_numpy(columns.astype(np.float32))


def with_users(
    features: Tensor, rows: Sequence[int], users: UserTable | None, descriptors: Sequence[str]
) -> Tensor:
    """Features (N, n) with what is known of each photo's user behind them, (N, n + m).

    Args:
        descriptors: of the system that will see them; none leaves the features as they are.
    """
    if users is None or not descriptors:
        return features
    return torch.cat([features, users.of(rows, descriptors)], dim=1)


def write_users(path: Path | str, table: UserTable) -> None:
    """Write a table; the same table gives the same bytes."""
    write_tensors(path, {"rows": table.rows, "history": table.history, **table.blocks})


def read_users(paths: Sequence[Path | str]) -> UserTable | None:
    """The table that `write_users` wrote; None of no path, in a run that describes nobody.

    Raises:
        ModelError: when the file does not hold a table of users.
    """
    if not paths:
        return None
    tensors, _ = read_tensors(paths[0])
    blocks = {name: tensors.get(name) for name in DESCRIPTORS}
    known = [tensors.get("rows"), tensors.get("history"), *blocks.values()]
    if any(one is None or len(one) != len(known[0]) for one in known):
        raise ModelError(
            f"{paths[0]} should hold rows, history and {', '.join(DESCRIPTORS)}, one for each "
            f"photo, but holds {sorted(tensors)}. Remove it and run `snakemake` again."
        )
    return UserTable(tensors["rows"], tensors["history"], blocks)
