"""Escape characters that cannot be seen, or that a terminal or a table would act on."""

import re

BYTE = re.compile("[\udc80-\udcff]")
ESCAPED = re.compile(r"\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def escape(text: str) -> str:
    r"""Escape backslashes and every character that is not printable, losslessly.

    Control characters, blanks other than a space, marks of direction and lone surrogates become
    `\x1b`, `\u202e` or `\U0001f3f4`, so that text from strangers can be shown in a terminal.

    >>> escape("a\tb\x1b[31m \\"), escape("café 😀")
    ('a\\x09b\\x1b[31m \\\\', 'café 😀')
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_escape_character(one) for one in text)


def show(text: object) -> str:
    r"""Escape for the eye alone: as `escape`, but backslashes and line ends stay.

    A byte of a file's name that is no UTF-8, which Python holds as a lone surrogate, is shown as
    that byte: `caf\xe9.jpg`.

    >>> show("C:\\a\n\x1b]0;b\x07")
    'C:\\a\n\\x1b]0;b\\x07'
    """
    text = str(text)
    if text.isprintable():
        return text
    text = BYTE.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02x}", text)
    return "".join(one if one in "\\\n" else _escape_character(one) for one in text)


def unescape(text: str) -> str:
    r"""Undo `escape`; text that it did not make stays.

    >>> unescape(escape("a\\x20\u00a0\U000e0062")) == "a\\x20\u00a0\U000e0062"
    True
    """
    return ESCAPED.sub(lambda found: _parse(found[1]), text) if "\\" in text else text


def _escape_character(one: str) -> str:
    if one == "\\":
        return "\\\\"
    if one.isprintable():
        return one
    code = ord(one)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _parse(escaped: str) -> str:
    if escaped == "\\":
        return "\\"
    code = int(escaped[1:], 16)
    return chr(code) if code < 0x110000 else f"\\{escaped}"
