"""The salt of users' hashes: from the environment or a file, never from a file of the project."""

import hashlib
import os
from pathlib import Path

from phototags.errors import ParamsError

VARIABLE, FILE_VARIABLE = "PHOTOTAGS_SALT", "PHOTOTAGS_SALT_FILE"
PUBLIC = "phototags"
"""Salt where none is set: it protects names from being found by accident alone."""


def read_salt() -> str:
    """Read the salt: PHOTOTAGS_SALT, or the file that PHOTOTAGS_SALT_FILE names, or `PUBLIC`.

    Raises:
        ParamsError: when the file can't be read, or the salt is empty.
    """
    salt = os.environ.get(VARIABLE)
    if salt is None and (file := os.environ.get(FILE_VARIABLE)):
        try:
            salt = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise ParamsError(
                f"{FILE_VARIABLE} should name a text file with the salt of users' hashes, but: "
                f"{error}. Correct it, or unset it."
            ) from error
    if salt is not None and not salt.strip():
        raise ParamsError(f"the salt of users' hashes is empty. Set {VARIABLE}, or unset it.")
    return PUBLIC if salt is None else salt


def hash_salt(salt: str) -> str:
    """Hash a salt for the records of a run, slowly (scrypt), so that a short one is not guessed."""
    digest = hashlib.scrypt(salt.encode(), salt=b"phototags", n=1 << 14, r=8, p=1, dklen=8)
    return digest.hex()


def read_recorded_salt(recorded: str) -> str:
    """Read the salt on the machine of a job; a ParamsError where it is not the run's.

    Args:
        recorded: its `hash_salt`, which the run planned with.
    """
    salt = read_salt()
    if hash_salt(salt) != recorded:
        raise ParamsError(
            f"this job has another salt of users' hashes than the run that started it. Give "
            f"{VARIABLE} or {FILE_VARIABLE} to jobs too."
        )
    return salt
