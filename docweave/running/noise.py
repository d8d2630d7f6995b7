"""Noise: how far the printed numbers of a chapter move when only the arithmetic changes."""

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# The tolerance for a fresh number, as a multiple of its measured spread. The factor was chosen by leaving out one setting at a
# time and checking that the others cover it: see `docweave noise --evidence`.
FACTOR = 3.0

# The rounding error of single precision in any order of summation, as a share of the number.
ROUNDING = 1e-6

# A float as printed by cells, and the format with more decimals for measuring noise. A float printed as a whole number counts
# as a word, which must not change.
FLOAT = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[-+]?\d+)?(?![\w.])")
AROUND = re.compile(rf" *{FLOAT.pattern} *")
ADMITTED = re.compile(r" ± (\d+\.\d+)")
DECIMALS = re.compile(r"\.[1-9]\d*(?=[ef%]$)")
WIDE = ".12"


@dataclass(frozen=True)
class Setting:
    """One way to run a chapter.

    Attributes:
        name: the name for people.
        environment: variables to set before NumPy, TensorFlow and JAX are imported.
        nudge: the number of a nudge, of about a millionth, to the initial weights; 0 for none.
        seed: the number to add to every seed that the chapter sets.
        backend: the backend of Keras, if it is not the chapter's.
        wide: whether to print floats with more decimals than a reader sees.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    nudge: int = 0
    seed: int = 0
    backend: str = ""
    wide: bool = True


AS_SHOWN = Setting("as shown", wide=False)

# The same arithmetic as shown: the baseline for the others.
PLAIN = Setting("plain")

# Other arithmetic. Machines differ in the number of processors and the width of their vectors, and so in the order of
# summation. The nudges stand in for processors that we do not have.
NOISE = (
    Setting(
        "one thread",
        {
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
        },
    ),
    Setting("without oneDNN", {"TF_ENABLE_ONEDNN_OPTS": "0"}),
    Setting(
        "SSE4",
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
        },
    ),
    *(Setting(f"nudge {number}", nudge=number) for number in (1, 2)),
)

# Other weights and another order of samples. This is not noise, but the claims in the prose must hold for other seeds, too.
SEEDS = (Setting("seed 1", seed=1), Setting("seed 2", seed=2))


# The measured values of a cell's printed numbers, by the setting's name.
Runs = Mapping[str, list[float]]


def numbers(text: str) -> list[float]:
    """Return the floats of a printed text."""
    return [float(found[0]) for found in FLOAT.finditer(text)]


def words(text: str) -> str:
    """Return the part of a printed text that must not change: all but floats and the spaces around them."""
    return AROUND.sub("#", text)


def verdicts(text: str) -> list[str]:
    """Return each `True` and `False` of a printed text, which must be the same for another seed."""
    return re.findall(r"\b(?:True|False)\b", text)


def widen(tree: ast.Module) -> ast.Module:
    """Return code whose f-strings print floats with more decimals than a reader sees, to reveal noise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            last = node.format_spec.values[-1]
            if isinstance(last, ast.Constant):
                last.value = DECIMALS.sub(WIDE, str(last.value))
    return tree


def digit(number: str) -> float:
    """Return the value of one unit in the last digit of a printed number: 0.01 for `0.25`."""
    mantissa, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def spreads(runs: Runs) -> list[tuple[float, float]]:
    """Return each number of a cell under the plain setting, with the largest deviation under the noise settings."""
    noise = [runs[setting.name] for setting in NOISE if setting.name in runs]
    return [
        (value, max((abs(other[place] - value) for other in noise), default=0.0))
        for place, value in enumerate(runs.get(PLAIN.name, ()))
    ]


def agree(old: str, new: str, runs: Runs) -> bool:
    """Return whether two outputs are equal except for noise.

    A float may differ from the recorded value by `FACTOR` times its spread, plus half a unit in the last digit, since
    it was rounded. Everything else must be equal, including whole numbers.

    Args:
        old, new: the recorded text and the fresh one.
        runs: the measured values of the floats in the recorded text, empty if they were not measured.
    """
    if words(old) != words(new):
        return False
    measured = spreads(runs) or [(value, 0.0) for value in numbers(old)]
    return all(
        abs(float(found[0]) - value) <= (digit(found[0]) / 2 + FACTOR * spread) * (1 + 1e-9) + ROUNDING * abs(value)
        for (value, spread), found in zip(measured, FLOAT.finditer(new), strict=True)
    )


def unsteady(text: str, runs: Runs) -> Iterator[str]:
    """Yield the reason for each float of a printed text that should not be recorded, since noise would change a digit.

    The measured noise must not change any digit, and `FACTOR` times the noise only the last one, by one unit. Noise may
    move a number with an explicit uncertainty, such as `0.976 ± 0.004`, within that uncertainty.

    Args:
        text: the printed text of the cell.
        runs: the measured values of its floats.
    """
    for found, (value, spread) in zip(FLOAT.finditer(text), spreads(runs), strict=False):
        if spread <= ROUNDING * abs(value) or text[: found.start()].endswith("± "):
            continue
        if admitted := ADMITTED.match(text, found.end()):
            if spread > float(admitted[1]):
                yield f"{found[0]}{admitted[0]}, which moves by {spread:.1g} when only the arithmetic changes"
            continue
        unit = digit(found[0])
        most = FACTOR * spread
        moves = f"{found[0]}, which moves by {spread:.1g} when only the arithmetic changes"
        if most > unit / 2:
            decimals = math.floor(-math.log10(2 * most))
            fewer = f"print at most {decimals} decimals, or " if decimals > 0 else ""
            yield f"{moves}: {fewer}make the training more stable"
        elif max(abs(value + side * spread - float(found[0])) for side in (-1, 1)) > unit / 2:
            yield f"{moves}, so that it may round up or down: print another number of decimals"


def table(text: str, runs: Runs) -> Iterator[tuple[str, float]]:
    """Yield each float of a printed text, as printed, with its spread."""
    for found, (_, spread) in zip(FLOAT.finditer(text), spreads(runs), strict=False):
        yield found[0], spread


def evidence(cells: Iterable[tuple[str, Runs]]) -> dict[str, tuple[int, int]]:
    """Leave out one setting at a time, as if it were an unknown machine, and count the numbers that the others cover.

    Args:
        cells: for each cell, the printed text and the measured values of its floats.

    Returns:
        for each noise setting, the count of numbers measured under it, and the count of those that `agree` would
        accept if the setting had not been measured.
    """
    found = {setting.name: (0, 0) for setting in NOISE}
    for text, runs in cells:
        rounding = [digit(number[0]) / 2 for number in FLOAT.finditer(text)]
        for name in found.keys() & runs.keys():
            others = spreads({other: values for other, values in runs.items() if other != name})
            near = [
                abs(value - plain) <= half + FACTOR * spread + ROUNDING * abs(plain)
                for value, (plain, spread), half in zip(runs[name], others, rounding, strict=True)
            ]
            total, covered = found[name]
            found[name] = total + len(near), covered + sum(near)
    return found
