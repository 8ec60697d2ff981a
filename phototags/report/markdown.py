"""Write Markdown pages with tables, and parse those that the run writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """Format a pipe table with aligned columns; the first `words` are text, the rest numbers.

    >>> print(format_table(["system", "mAP"], [["im2vec", "28.1"]]))
    | system |  mAP |
    |:-------|-----:|
    | im2vec | 28.1 |
    """
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        " | ".join(
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    rule = "|".join(
        f":{'-' * (width + 1)}" if column < words else f"{'-' * (width + 1)}:"
        for column, width in enumerate(widths)
    )
    first, *others = [f"| {line} |" for line in lines]
    return "\n".join([first, f"|{rule}|", *others])


def format_page(title: str, *parts: str) -> str:
    """Join a heading and its parts with empty lines between them; empty parts are left out."""
    return "\n\n".join([f"# {title}", *filter(None, parts)]) + "\n"


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a table.

    Args:
        kind: `heading`, `text` or `table`.
        text: of a heading or a paragraph.
        head, rows: cells of a table; `right` is True for columns of numbers.
    """

    kind: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[bool, ...] = ()


def parse_blocks(markdown: str) -> list[Block]:
    """Split a text into blocks.

    >>> text = "# Scores\\n\\nOf one run.\\n\\n| a |\\n|--:|\\n| 1 |"
    >>> [block.kind for block in parse_blocks(text)]
    ['heading', 'text', 'table']
    """
    parts = re.split(r"\n\s*\n", markdown.strip())
    return [block for part in parts if part.strip() for block in _parse_part(part.strip())]


def _parse_part(part: str) -> list[Block]:
    """One part between empty lines; a heading may have a paragraph right under it."""
    lines = part.splitlines()
    if lines[0].startswith("#"):
        rest = "\n".join(lines[1:]).strip()
        return [
            Block("heading", text=_plain_text(lines[0].lstrip("#"))),
            *(_parse_part(rest) if rest else []),
        ]
    if len(lines) > 1 and lines[0].lstrip().startswith("|") and set(lines[1]) <= set("|:- "):
        head, rule, *rows = map(_split_row, lines)
        filled = tuple((row + ("",) * len(head))[: len(head)] for row in rows)
        right = tuple(cell.endswith(":") for cell in rule)
        return [Block("table", head=head, rows=filled, right=right)]
    return [Block("text", text=_plain_text(" ".join(lines)))]


def _split_row(line: str) -> tuple[str, ...]:
    """The cells of one table line; `\\|` is a letter, not an end."""
    inside = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line)
    return tuple(_plain_text(cell) for cell in re.split(r"(?<!\\)\|", inside))


def _plain_text(text: str) -> str:
    """The text without the marks for bold, italics and code."""
    return re.sub(r"\*\*|`|(?<!\w)[*_]|[*_](?!\w)", "", text).replace("\\|", "|").strip()
