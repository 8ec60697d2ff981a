"""Render the SVG on stdin to PNG on stdout: what `svg_rendering` runs in a process of its own.

Started by its path, not as part of the package: `python svg_process.py SIDE SECONDS BYTES`.
"""

import resource
import sys


def main() -> None:
    """Limit time and memory, then render."""
    side, seconds, memory = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    import pyvips

    content = sys.stdin.buffer.read()
    size = pyvips.Image.svgload_buffer(content)
    scale = side / max(size.width, size.height)
    picture = pyvips.Image.svgload_buffer(content, scale=scale)
    sys.stdout.buffer.write(picture.pngsave_buffer(compression=6))


if __name__ == "__main__":
    main()
