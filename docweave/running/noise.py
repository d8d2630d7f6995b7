"""How far the numbers that a chapter prints move when the arithmetic changes, and nothing else does."""

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# A fresh number may be off by its measured spread this many times. By leaving one setting out and looking whether the
# others cover it: see `docweave noise --evidence`.
FACTOR = 3.0

# What single precision leaves open however a sum is ordered, as a share of the number.
ROUNDING = 1e-6

# A float as cells print it, and how many of its decimals are printed where the noise is measured. One that is printed as a
# whole number is a word, and must not change.
FLOAT = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[-+]?\d+)?(?![\w.])")
AROUND = re.compile(rf" *{FLOAT.pattern} *")
ADMITTED = re.compile(r" ± (\d+\.\d+)")
DECIMALS = re.compile(r"\.[1-9]\d*(?=[ef%]$)")
WIDE = ".12"


@dataclass(frozen=True)
class Setting:
    """One way to run a chapter.

    Attributes:
        name: what people call it.
        environment: variables that are set before NumPy, TensorFlow and JAX are imported.
        nudge: which nudge of about a millionth the initial weights get; 0 is none.
        seed: what is added to every seed that the chapter sets.
        backend: the backend of Keras, if it is not the chapter's own.
        wide: whether floats are printed with more decimals than a reader sees.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    nudge: int = 0
    seed: int = 0
    backend: str = ""
    wide: bool = True


AS_SHOWN = Setting("as shown", wide=False)

# The same arithmetic as shown, which the others are compared with.
PLAIN = Setting("plain")

# Other arithmetic. Processors differ in the width of their vectors, and in their number, so that sums are taken in another
# order. The nudges are for the processors that nobody here has.
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

# Other weights and another order of the samples: no noise, but what a sentence claims must hold for them too.
SEEDS = (Setting("seed 1", seed=1), Setting("seed 2", seed=2))


# What is measured of one printed number: its value under each setting, by the setting's name.
Runs = Mapping[str, list[float]]


def numbers(text: str) -> list[float]:
    """Return the floats of a printed text."""
    return [float(found[0]) for found in FLOAT.finditer(text)]


def words(text: str) -> str:
    """Return a printed text without its floats and the spaces around them: what must not change."""
    return AROUND.sub("#", text)


def verdicts(text: str) -> list[str]:
    """Return the `True` and `False` of a printed text, which must hold for another seed, too."""
    return re.findall(r"\b(?:True|False)\b", text)


def widen(tree: ast.Module) -> ast.Module:
    """Return code whose f-strings print floats with more decimals than a reader sees, so that noise shows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            last = node.format_spec.values[-1]
            if isinstance(last, ast.Constant):
                last.value = DECIMALS.sub(WIDE, str(last.value))
    return tree


def digit(number: str) -> float:
    """Return what one unit of a printed number's last digit is worth: 0.01 for `0.25`."""
    mantissa, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def spreads(runs: Runs) -> list[tuple[float, float]]:
    """Return for each number of a cell its plain value, and how far the noise has moved it from there."""
    noise = [runs[setting.name] for setting in NOISE if setting.name in runs]
    return [
        (value, max((abs(other[place] - value) for other in noise), default=0.0))
        for place, value in enumerate(runs.get(PLAIN.name, ()))
    ]


def agree(old: str, new: str, runs: Runs) -> bool:
    """Say whether two outputs are the same but for noise.

    A float may be off the recorded value by `FACTOR` times its spread, and by half of its last digit, since it was
    rounded. All else must be equal, whole numbers too.

    Args:
        old, new: the recorded text and a fresh one.
        runs: what was measured of the floats in the recorded one; nothing, if it was not.
    """
    if words(old) != words(new):
        return False
    measured = spreads(runs) or [(value, 0.0) for value in numbers(old)]
    return all(
        abs(float(found[0]) - value) <= (digit(found[0]) / 2 + FACTOR * spread) * (1 + 1e-9) + ROUNDING * abs(value)
        for (value, spread), found in zip(measured, FLOAT.finditer(new), strict=True)
    )


def unsteady(text: str, runs: Runs) -> Iterator[str]:
    """Yield why floats of a printed text should not be recorded: noise would change a digit.

    The measured noise may change no digit, and `FACTOR` times as much none but the last, and that by one. A number with its
    uncertainty, as `0.976 ± 0.004`, says itself which digits hold: noise may move it so far.

    Args:
        text: what the cell printed.
        runs: what was measured of its floats.
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
            yield f"{moves}: {fewer}train so that it holds"
        elif max(abs(value + side * spread - float(found[0])) for side in (-1, 1)) > unit / 2:
            yield f"{moves}, so that it rounds to one side and to the other: print another number of decimals"


def table(text: str, runs: Runs) -> Iterator[tuple[str, float]]:
    """Yield each float of a printed text as it was printed, with its spread."""
    for found, (_, spread) in zip(FLOAT.finditer(text), spreads(runs), strict=False):
        yield found[0], spread


def evidence(cells: Iterable[tuple[str, Runs]]) -> dict[str, tuple[int, int]]:
    """Leave out one setting at a time, as if it were a machine nobody has, and see whether the others cover it.

    Args:
        cells: for each cell, what it printed and what was measured of its floats.

    Returns:
        for each setting of the noise, how many numbers were measured under it, and how many of these `agree` would
        let pass if that setting had not been measured.
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
