"""Just enough Markdown for the tables that the run writes: headings, paragraphs, pipe tables."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a table.

    Args:
        kind: `heading`, `text` or `table`.
        text: of a heading or a paragraph.
        head, rows: cells of a table; `right` says which columns hold numbers.
    """

    kind: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[bool, ...] = ()


def blocks(markdown: str) -> list[Block]:
    """The blocks of a text, in order.

    >>> [block.kind for block in blocks("# Scores\\n\\nOf one run.\\n\\n| a |\\n|--:|\\n| 1 |")]
    ['heading', 'text', 'table']
    """
    parts = re.split(r"\n\s*\n", markdown.strip())
    return [found for part in parts if part.strip() for found in block(part.strip())]


def block(part: str) -> list[Block]:
    """One part between empty lines; a heading may have a paragraph right under it."""
    lines = part.splitlines()
    if lines[0].startswith("#"):
        heading = Block("heading", text=plain(lines[0].lstrip("#")))
        rest = "\n".join(lines[1:]).strip()
        return [heading, *(block(rest) if rest else [])]
    if len(lines) > 1 and lines[0].lstrip().startswith("|") and set(lines[1]) <= set("|:- "):
        head, rule, *rows = [cells(line) for line in lines]
        wide = len(head)
        return [
            Block(
                "table",
                head=head,
                rows=tuple((row + ("",) * wide)[:wide] for row in rows),
                right=tuple(cell.endswith(":") for cell in rule),
            )
        ]
    return [Block("text", text=plain(" ".join(lines)))]


def cells(line: str) -> tuple[str, ...]:
    """The cells of one table line; `\\|` is a letter, not an end."""
    inside = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line)
    return tuple(plain(cell) for cell in re.split(r"(?<!\\)\|", inside))


def plain(text: str) -> str:
    """The words without the marks for bold, italics and code."""
    return re.sub(r"\*\*|`|(?<!\w)[*_]|[*_](?!\w)", "", text).replace("\\|", "|").strip()
