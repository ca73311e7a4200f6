"""What `invoke size` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from environments.machines.families import list_families
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln import words
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from nextflow.prices.load import load
from nextflow.prices.offers import Offers
from nextflow.recommendation.document import make_document
from nextflow.recommendation.pictures import write_picture
from nextflow.recommendation.recommend import Asks, recommend, size
from nextflow.recommendation.show import render_asks
from nextflow.recommendation.show_machines import render_machines
from nextflow.sizing.usage import sum_up
from nextflow.traces.read import read_all

FAMILIES = ("c5", "m5", "r5")  # where no environment says which
MAX_VCPUS = 100


@dataclass(frozen=True)
class Options:
    """What is sized, and for what. `types` has commas between types or families; "" and 0: the environment's."""

    percentile: str = "95"
    env: str = ""
    types: str = ""
    max_vcpus: int = 0
    picture: str = "sizing.svg"
    region: str | None = None


def run(traces: Sequence[str], options: Options, *, as_json: bool) -> int:
    """Size the processes of the traces, recommend machines, draw the picture."""
    percent, spec, screen = read_percentile(options.percentile), _load_spec(options.env), Screen()
    sized = _read(traces, percent, screen)
    if not as_json:
        print_result(render_asks(sized))
    names = list_names(options.types, spec)
    advised = recommend(sized, _load_offers(options.region, names, screen), names, find_max_vcpus(options, spec))
    picture = str(write_picture(Path(options.picture), sized)) if options.picture else ""
    if as_json:
        print_json(make_document(advised, picture, [], ""))
    else:
        print_result(render_machines(advised) + (f"\n  picture   {picture}" if picture else ""))
    return Exit.DONE


def read_percentile(text: str) -> float:
    """Read a percentile. Raises UserError for what is not above 0, or above 100."""
    try:
        percent = float(text.rstrip("% "))
    except ValueError:
        percent = 0.0
    if not 0 < percent <= 100:
        raise UserError(f"{text} is no percentile", "it must be above 0, and 100 at the most", "Try --percentile 95.")
    return percent


def list_names(types: str, spec: EnvironmentSpec | None) -> tuple[str, ...]:
    """List the types or families to choose from: those that are named, else all families of the environment's types."""
    if named := tuple(name.strip() for name in types.split(",") if name.strip()):
        return named
    if spec is None:
        return FAMILIES
    entries = [entry for compute in spec.compute_environments.values() for entry in compute.instance_types]
    return tuple(dict.fromkeys(family for entry in entries for family in list_families(entry)))


def find_max_vcpus(options: Options, spec: EnvironmentSpec | None) -> int:
    if options.max_vcpus or spec is None:
        return options.max_vcpus or MAX_VCPUS
    return max(compute.max_vcpus for compute in spec.compute_environments.values())


def _load_spec(env: str) -> EnvironmentSpec | None:
    return definitions.load(env) if env else None


def _read(traces: Sequence[str], percent: float, screen: Screen) -> Asks:
    if not traces:
        raise UserError(
            "no trace is named",
            "sizes come from what a run used",
            "Name one, or several: --trace FILE (nextflow run … -with-trace writes it).",
        )
    notes: list[str] = []
    with screen.step("traces") as line:
        usages = sum_up(read_all([Path(trace) for trace in traces], notes))
        line.note = words.count(sum(usage.attempts for usage in usages), "attempt")
    return size(usages, percent, len(traces), notes)


def _load_offers(region: str | None, names: Sequence[str], screen: Screen) -> Offers:
    with screen.step("types and prices") as line:
        offers = load(region, names, line.live)
        line.note = f"of {offers.asked:%Y-%m-%d}" if offers.asked else "recorded, without prices"
    return offers
