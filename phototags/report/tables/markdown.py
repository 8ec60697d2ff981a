"""Tables in Markdown that can be read as text too."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A pipe table with aligned columns; the first `words` columns are text, the rest numbers.

    >>> print(table(["system", "mAP"], [["im2vec", "28.1"]]))
    | system |  mAP |
    |:-------|-----:|
    | im2vec | 28.1 |
    """
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
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


def page(title: str, *parts: str) -> str:
    """A heading and its parts with empty lines between them; empty parts are left out."""
    return "\n\n".join([f"# {title}", *filter(None, parts)]) + "\n"
