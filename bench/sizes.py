"""How large the layers are, unpacked: as `sam build` left them, or built now."""

import subprocess
import tempfile
from pathlib import Path

from bench.measures import Measure, judged

ROOT = Path(__file__).parents[1]
BUILT = ROOT / ".sojourn" / "build"
LAYERS = ("DependenciesLayer", "SojournLayer")
GOAL = 60
MB = 1_000_000


def measure() -> list[Measure]:
    """Both layers together."""
    if all((BUILT / layer).is_dir() for layer in LAYERS):
        size = sum(size_of(BUILT / layer) for layer in LAYERS)
    else:
        size = _built_now()
    return [judged("layers_mb", round(size / MB, 1), "MB unpacked", GOAL)]


def size_of(folder: Path) -> int:
    """Bytes of every file in it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _built_now() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for layer in LAYERS:
            source = ROOT / "layers" / layer.removesuffix("Layer").lower()
            (Path(folder) / layer).mkdir()
            subprocess.run(
                ["make", f"build-{layer}", f"ARTIFACTS_DIR={folder}/{layer}"],
                cwd=source,
                check=True,
                capture_output=True,
            )
        return size_of(Path(folder))
