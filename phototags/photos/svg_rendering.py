"""Render the SVG of an image that is too large to decode, where the corpus has one.

pyvips[binary] brings librsvg along: no system library is needed. librsvg reads no other file and
no network, but an SVG can ask for any amount of work, so it is rendered in a process with limits.
"""

import os
import subprocess
import sys

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from phototags.errors import PhotoError
from phototags.photos import svg_process

SECONDS = 30
MEMORY = 4 << 30  # bytes of address space, the interpreter's and libraries' included


def render_svg(content: bytes, longest_side: int) -> bytes:
    """Render to PNG bytes, `longest_side` pixels long, transparent where nothing is drawn.

    Raises:
        PhotoError: `entities` when the SVG defines entities (a bomb, or a harmless shorthand:
            it is not tried out), `undrawable` when it is no SVG or needs more than `SECONDS`
            or `MEMORY`.
    """
    try:
        root = fromstring(content)
    except DefusedXmlException as error:
        raise PhotoError("entities", f"the SVG defines entities: {error}") from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: unknown encoding
        raise PhotoError("undrawable", f"the SVG is not well-formed XML: {error}") from error
    if root.tag.rpartition("}")[2] != "svg":
        raise PhotoError("undrawable", f"expected an SVG, found the XML element {root.tag!r}")
    command = [sys.executable, svg_process.__file__]
    limits = [str(longest_side), str(SECONDS), str(MEMORY)]
    try:
        done = subprocess.run(
            command + limits,
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            env=os.environ | {"VIPS_CONCURRENCY": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PhotoError("undrawable", f"drawing took over {2 * SECONDS} seconds") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PhotoError(
            "undrawable", f"drawing ended with {done.returncode}: {' '.join(reason) or 'killed'}"
        )
    return done.stdout
