"""What `invoke size` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln import typed, words
from kiln.asking import agree
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from nextflow.prices.load import load
from nextflow.prices.offers import Offers
from nextflow.recommendation import writing
from nextflow.recommendation.choices import find_max_vcpus, list_names, read_percentile
from nextflow.recommendation.document import make_document
from nextflow.recommendation.pictures import write_picture
from nextflow.recommendation.recommend import Asks, Recommendation, recommend, size
from nextflow.recommendation.show import render_asks
from nextflow.recommendation.show_machines import render_machines
from nextflow.sizing.usage import sum_up
from nextflow.traces.files import list_files
from nextflow.traces.read import read_all

NOBODY = UserError("nobody is here to answer", "files would be written, and no terminal to ask a person", "Add --yes.")


@dataclass(frozen=True)
class Options:
    """What is sized, and for what. `types` has commas between types or families; "" and 0: the environment's.

    `write`: into the environment's definition and `config` ("": ENVIRONMENT.config), with `yes` without asking.
    """

    percentile: str = "95"
    env: str = ""
    types: str = ""
    max_vcpus: int = 0
    picture: str = "sizing.svg"
    region: str | None = None
    write: bool = False
    config: str = ""
    yes: bool = False

    def __post_init__(self) -> None:
        if self.write and not self.env:
            raise UserError(
                "--write needs an environment", "its definition and its configuration are written", "Add --env NAME."
            )


def run(traces: Sequence[str], options: Options, *, as_json: bool) -> int:
    """Size the processes of the traces, recommend machines, draw the picture."""
    percent, spec, screen = read_percentile(options.percentile), _load_spec(options.env), Screen()
    names, max_vcpus = list_names(options.types, spec), find_max_vcpus(options.max_vcpus, spec)
    sized = _read(traces, percent, screen)
    if not as_json:
        print_result(render_asks(sized))
    advised = recommend(sized, _load_offers(options.region, names, screen), names, max_vcpus)
    picture = str(write_picture(Path(options.picture), sized)) if options.picture else ""
    if not as_json:
        print_result(render_machines(advised) + (f"\n  picture   {picture}" if picture else ""))
    if options.write and spec:
        return _write(advised, spec, options, screen, picture if as_json else None)
    if as_json:
        print_json(make_document(advised, picture, [], ""))
    return Exit.DONE


def _write(
    advised: Recommendation, spec: EnvironmentSpec, options: Options, screen: Screen, picture: str | None
) -> int:  # fmt: skip
    """Show the difference, ask, write. `picture` is its file's name for the document, None: words are printed."""
    cloud = Cloud(options.region)
    changes = writing.plan(cloud, options.env, spec, advised, options.config, options.max_vcpus)
    diff = "\n".join(change.diff() for change in changes)
    if picture is None:
        print_result(diff or f"{spec.name} is so already: nothing to write")
    agreed = not changes or agree(screen, [] if options.yes else ["Write this?"], NOBODY)
    written = writing.write(changes) if agreed else []
    if picture is not None:
        print_json(make_document(advised, picture, written, diff))
    elif written:
        command = typed.command(f"register-env --env {options.env}")
        print_result(f"✓ written: {', '.join(written)}\n  next    {command}; then nextflow run … -profile awsbatch -c "
                     f"{options.config or f'{spec.name}.config'}")  # fmt: skip
    return Exit.DONE if agreed else Exit.SOMETHING_TO_DO


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
        files = list_files(traces, notes)
        usages = sum_up(read_all(files, notes))
        line.note = words.count(sum(usage.attempts for usage in usages), "attempt")
    return size(usages, percent, len(files), notes)


def _load_offers(region: str | None, names: Sequence[str], screen: Screen) -> Offers:
    with screen.step("types and prices") as line:
        offers = load(region, names, line.live)
        line.note = f"of {offers.asked:%Y-%m-%d}" if offers.asked else "recorded, without prices"
    return offers
