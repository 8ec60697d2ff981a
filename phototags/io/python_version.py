"""Compare the running Python with the release of its series that has the fixes for archives."""

import sys
from collections.abc import Sequence

FIXED = {(3, 11): 14, (3, 12): 12, (3, 13): 6}
"""First patch level with the fixes of CVE-2024-6232 and CVE-2025-8194 in tarfile."""


def describe_old_python(version: Sequence[int] = sys.version_info) -> str:
    """Say which security fixes a Python lacks; empty where it lacks none.

    >>> describe_old_python((3, 11, 14))
    ''
    >>> describe_old_python((3, 11, 7))[:43]
    'Python 3.11.7 lacks security fixes of 3.11.'
    """
    series = tuple(version[:2])
    fixed = FIXED.get(series, 0)
    if version[2] >= fixed:
        return ""
    running, wanted = (".".join(map(str, (*series, patch))) for patch in (version[2], fixed))
    return (
        f"Python {running} lacks security fixes of {wanted}, among them CVE-2024-6232 and "
        "CVE-2025-8194 of its tarfile. phototags reads strangers' tars by bounds of its own, "
        "other programs of this environment may not: update Python."
    )
