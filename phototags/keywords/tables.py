"""Tags of a folder's photos as a table: CSV, a line a tag, or JSON, an object a photo."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from phototags.io.escapes import show
from phototags.keywords.write_back import Tags

VERSION = 1
"""Of the JSON's layout."""
NAMES = {"csv": "phototags-tags.csv", "json": "phototags-tags.json"}


def format_table(kind: str, tags: Mapping[Path, Tags], folder: Path, tagger: str) -> bytes:
    """A table of photos with their tags.

    CSV has the columns photo (its path in the folder), tag and probability. JSON is an object of
    `version`, `tagger` and `photos`, each with `photo` and `tags`, of `tag` and `probability`.

    Args:
        kind: csv or json.
    """
    rows = [(show(photo.relative_to(folder).as_posix()), found) for photo, found in tags.items()]
    if kind == "json":
        photos = [
            {"photo": photo, "tags": [{"tag": tag, "probability": round(p, 6)} for tag, p in found]}
            for photo, found in rows
        ]
        content = {"version": VERSION, "tagger": tagger, "photos": photos}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["photo", "tag", "probability"])
    writer.writerows((photo, tag, f"{p:.6f}") for photo, found in rows for tag, p in found)
    return text.getvalue().encode()
