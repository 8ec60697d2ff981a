"""Download Debian packages by apt-get, without being root and without installing anything."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from phototags.download.decompression import copy_limited, limit_decompressed
from phototags.errors import ArchiveError, SourceError
from phototags.io.storage import hash_file

MAX_UNPACKED = 4 << 30  # bytes; no package here unpacks to a tenth of it


class Package(NamedTuple):
    """Version and sha256 of a package, by the package lists of apt."""

    version: str
    sha256: str


def download_package(package: str, to: Path) -> Package:
    """Download a package from the archive that this machine's apt is configured for.

    apt checks the archive's signature and the file's hash; the hash is checked here again.
    Where the package lists are empty or stale, they are fetched into a temporary folder beside
    `to`.

    Raises:
        SourceError: without apt-get, when apt does not know the package, when there is no
            network, or when the hash differs.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SourceError(
            f"the package {package} is fetched with Debian's or Ubuntu's apt-get and opened with "
            "dpkg-deb, which this machine has not. Put its .deb into a mirror (see docs/corpora.md)"
            ", or use corpora that need no apt: corel5k and flickr8k from a mirror, or your own "
            "pictures (corpora.tables in params.yaml)."
        )
    with TemporaryDirectory(dir=to.parent, prefix=".apt-") as folder:
        try:
            promised = _apt_download(package, folder, [])
        except SourceError:  # no lists, as in a container image, or lists gone stale
            lists = _private_lists(Path(folder))
            strict = ["-o", "APT::Update::Error-Mode=any"]  # else failures are only warnings
            _run_apt(["apt-get", "update"], [*strict, *lists], package)
            promised = _apt_download(package, folder, lists)
        (found,) = Path(folder).glob("*.deb")
        if (digest := hash_file(found)) != promised.sha256:
            raise SourceError(
                f"apt promises {package} {promised.version} with sha256 {promised.sha256}, but the "
                f"file that came has {digest}. Run `apt-get update`, then `snakemake` again."
            )
        os.replace(found, to)
    return promised


def read_version(deb: Path) -> str:
    """Read the version of a package file.

    Raises:
        ArchiveError: when it is not a complete Debian package.
    """
    shown = subprocess.run(["dpkg-deb", "-f", deb, "Version"], capture_output=True, check=False)
    if shown.returncode:
        raise _damaged_package(deb, shown.stderr)
    return shown.stdout.decode().strip()


def unpack_package(deb: Path, tar: Path) -> None:
    """Write the files of a package to an uncompressed tar, which can be read at any offset.

    Raises:
        ArchiveError: when it is not a complete Debian package, or unpacks to more bytes than
            `MAX_UNPACKED` or `decompression.limit_decompressed` allow.
    """
    command = ["dpkg-deb", "--fsys-tarfile", deb]
    at_most = limit_decompressed(deb.stat().st_size, MAX_UNPACKED)
    with (
        open(tar, "wb") as file,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as unpacking,
    ):
        copy_limited(unpacking.stdout, file, at_most, deb.name)
        complaint = unpacking.stderr.read()
    if unpacking.returncode:
        raise _damaged_package(deb, complaint)


def _damaged_package(deb: Path, complaint: bytes) -> ArchiveError:
    return ArchiveError(
        f"{deb.name} should be a complete Debian package, but dpkg-deb says: "
        f"{complaint.decode(errors='replace').strip()}. Replace it in the mirror or fetch it again."
    )


def _private_lists(folder: Path) -> list[str]:
    """Return options that keep apt's lists and cache in a folder of our own."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    lists, cache = (folder / "lists").resolve(), (folder / "cache").resolve()
    return ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache}"]


def _apt_download(package: str, folder: str, lists: list[str]) -> Package:
    """Download the newest version into the folder; return what apt's lists say of it."""
    shown = _run_apt(["apt-cache", "show", "--no-all-versions"], [*lists, package], package)
    fields = dict(line.split(": ", 1) for line in shown.splitlines() if ": " in line)
    if not {"Version", "SHA256"} <= fields.keys():
        raise SourceError(f"apt shows no version or no sha256 of {package}: {shown[:200]!r}")
    promised = Package(fields["Version"], fields["SHA256"])
    exact = f"{package}={promised.version}"
    _run_apt(["apt-get", "download"], [*lists, exact], package, cwd=folder)
    return promised


def _run_apt(command: list[str], options: list[str], package: str, cwd: str | None = None) -> str:
    """Run an apt command and return its output; root stays root, who alone may write here."""
    root = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*command, "-q", *root, *options],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        check=False,
    )
    if done.returncode:
        reason = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise SourceError(
            f"`{' '.join(command)}` for the package {package} failed: {reason}. The package is in "
            "Debian's main and Ubuntu's universe. Check the network, apt's sources and the room on "
            "the disk, or put the .deb into a mirror (see docs/corpora.md)."
        )
    return done.stdout
