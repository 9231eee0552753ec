"""Make the three environments from their locks: `python3.11 infra/install.py [name ...]`.

They are apart because MiniStack and the SAM command line each pin another botocore. Needs nothing but the
standard library; a second run finds each environment by the hash of its lock and does nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PURCHASES = ROOT / ".sojourn" / "cache" / "CDNOW_master.txt"  # what the demo replays, and tests count on


class InstallError(Exception):
    """An environment could not be made; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One virtual environment and the lock that it is made from."""

    name: str
    folder: Path
    lock: Path
    editable: bool = False

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / ".made-from"

    def fingerprint(self) -> str:
        """Changes with the lock, the interpreter, the place, and, if editable, the project file."""
        parts = [self.lock.read_bytes(), sys.version.encode(), str(self.folder).encode()]
        if self.editable:
            parts.append((ROOT / "pyproject.toml").read_bytes())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def is_ready(self) -> bool:
        return self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.fingerprint()


def environments(root: Path = ROOT) -> dict[str, Environment]:
    """The environments by name, the longest to make first."""
    venvs, locks = root / ".sojourn" / "venvs", root / "requirements"
    return {
        "sam": Environment("sam", venvs / "sam", locks / "sam.txt"),
        "dev": Environment("dev", root / ".venv", locks / "dev.txt", editable=True),
        "ministack": Environment("ministack", venvs / "ministack", locks / "ministack.txt"),
        "uv": Environment("uv", venvs / "uv", locks / "uv.txt"),
    }


def make(environment: Environment) -> None:
    """Make the environment unless it stands; safe when two callers do so at once."""
    if environment.is_ready():
        return
    with _held(ROOT / ".sojourn" / f"{environment.name}.lock"):
        if environment.is_ready():
            return
        began = time.monotonic()
        print(f"  {environment.name}: installing {environment.lock.relative_to(ROOT)} …", flush=True)
        _build(environment)
        environment.stamp.write_text(environment.fingerprint())
        print(f"  {environment.name}: ready in {time.monotonic() - began:.0f} s", flush=True)


def serve_browsers(dev: Environment) -> None:
    """What browsers load from us comes from npm, run by the Node that the environment holds."""
    with _held(ROOT / ".sojourn" / "web.lock"):
        done = subprocess.run([str(dev.python), "-m", "infra.web.assets"], cwd=ROOT, check=False)
        built = subprocess.run([str(dev.python), "-m", "infra.web.console"], cwd=ROOT, check=False)
    if done.returncode:
        raise InstallError("Segment's browser client could not be put in place. Try again: make install")
    if built.returncode:
        raise InstallError(
            "The console's scripts and styles could not be built, see above. Then: make install"
        )


def fetch_purchases(dev: Environment, file: Path = PURCHASES) -> None:
    """Once. Without a network the environment is good for all else, so that is no failure of the installation."""
    if file.exists():
        return
    with _held(ROOT / ".sojourn" / "purchases.lock"):
        command = [str(dev.python), "-m", "infra.local.demo.cdnow", str(file.parent)]
        done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        print(
            "  CDNOW's purchases are missing: no demo, and the tests that count on them are skipped",
            flush=True,
        )


def _build(environment: Environment) -> None:
    # Only another interpreter asks for a new start: somebody may be at work in the one that stands.
    anew = [] if _is_same_python(environment) else ["--clear"]
    _run([sys.executable, "-m", "venv", "--without-pip", *anew, str(environment.folder)])
    if environment.name == "uv" or not _installed(environment, _uv(environment)):
        _run([str(environment.python), "-m", "ensurepip", "--upgrade"])
        _install(environment, _pip(environment))


def _install(environment: Environment, installer: list[str]) -> None:
    # The lock is whole, so nothing is left to resolve.
    exactly = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(environment.lock)]
    _run([*installer, *exactly])
    if environment.editable:
        _run([*installer, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def _installed(environment: Environment, uv: list[str] | None) -> bool:
    """Whether uv has done it, with a third of the work. Where uv cannot, pip can, and says why if it cannot either."""
    if uv is None:
        return False
    try:
        _install(environment, uv)
    except InstallError:
        return False
    return True


def _uv(environment: Environment) -> list[str] | None:
    """uv's command line, unless it cannot be had, or pip was told of an index of its own."""
    tool = environments()["uv"]
    try:
        make(tool)
        if "index-url" in _run([str(tool.python), "-m", "pip", "config", "list"]).replace(
            "extra-index-url", ""
        ):
            return None
    except InstallError:
        return None
    uv = tool.folder / "bin" / "uv"
    return [str(uv), "pip", "install", "--quiet", "--no-cache", "--python", str(environment.python)]


def _pip(environment: Environment) -> list[str]:
    options = ["--quiet", "--no-compile", "--disable-pip-version-check", "--no-warn-script-location"]
    return [str(environment.python), "-m", "pip", "install", *options]


def _is_same_python(environment: Environment) -> bool:
    told = environment.folder / "pyvenv.cfg"
    return told.exists() and f"version = {sys.version.split()[0]}\n" in told.read_text()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        output = done.stdout + done.stderr
        raise InstallError(f"{remedy(output)}\n\n{_tail(output)}")
    return done.stdout


def remedy(output: str) -> str:
    """What a person should do about a failed installation."""
    for sign, advice in REMEDIES.items():
        if sign in output:
            return advice
    return "An installation step failed. What it said is below; `make install` goes on where it stopped."


REMEDIES = {
    "ensurepip": "Python 3.11 lacks venv. On Debian: apt-get install python3.11-venv. Then: make install",
    "No space left on device": "The disk is full. Free about 1 GB, then: make install",
    "DO NOT MATCH THE HASHES": "A package differs from the lock. Do not go on; see what changed: make lock",
    "NewConnectionError": "The package registry cannot be reached. Check the network or proxy, then: make install",
    "NameResolutionError": "The package registry cannot be reached. Check the network or proxy, then: make install",
    "Max retries exceeded": "The package registry cannot be reached. Check the network or proxy, then: make install",
    "CERTIFICATE_VERIFY_FAILED": "The registry's certificate is not trusted here. Set PIP_CERT, then: make install",
    "No matching distribution": "The registry does not offer a locked package (is it reachable, or a mirror that"
    " lags?). Check the network and pip's settings, then: make install",
}


def _tail(output: str, lines: int = 12) -> str:
    return "\n".join(output.strip().splitlines()[-lines:])


def main(names: list[str]) -> int:
    if sys.version_info[:2] != (3, 11):
        print(
            f"Python 3.11 is needed, this is {sys.version.split()[0]}. Name yours: make PYTHON=/path/python3.11"
        )
        return 1
    known = environments()
    wanted = [known[name] for name in names or ("sam", "dev", "ministack")]
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(make, wanted))
        if known["dev"] in wanted:
            serve_browsers(known["dev"])
            fetch_purchases(known["dev"])
    except InstallError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
