"""What `invoke nextflow-config --check` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from cloud.session import Cloud
from environments.machines.definitions import list_machines
from environments.machines.fitting import Catalogue
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result
from nextflow.config.check.judge import Bench, judge, judge_queues
from nextflow.config.check.of_config import OwnLimit
from nextflow.config.check.read import list_asks, read
from nextflow.config.check.show import Checked, make_document, render
from nextflow.config.places import list_enabled, list_places
from nextflow.config.rungs import climb, list_rungs
from nextflow.config.settings import find_limits
from nextflow.config.write import Machines, look_at_machines
from nextflow.traces.files import find_file


def check(file: str, env: str, region: str | None, *, as_json: bool) -> int:
    """Check what a resolved configuration, or a trace, asks for against the machines of an environment."""
    spec = definitions.load(env)
    contents = read(find_file(file))
    for remark in contents.remarks:
        Screen().say(f"! {remark}")
    cloud = Cloud(region)
    bench, own = make_bench(spec, look_at_machines(cloud, spec))
    asked = list_asks(contents, bench.queues, own)
    judged = [*(judge(ask, bench) for ask in asked.asks), *asked.elsewhere]
    checked = Checked(spec.name, cloud.region, file, judged, asked.notes)
    if as_json:
        print_json(make_document(checked))
    else:
        print_result(render(checked))
    return Exit.DONE if checked.is_well else Exit.SOMETHING_TO_DO


def make_bench(spec: EnvironmentSpec, machines: Machines) -> tuple[Bench, OwnLimit]:
    """Find what the environment's queues may start, and the limit of memory that Kiln's configuration has."""
    known, registered = machines.known, machines.registered
    places = climb(list_places(spec, known, registered), spec.nextflow.queues)
    queues = {queue.queue: queue for queue in list_machines(_leave_out_disabled(spec), known)}
    ladder = [rung.queue for rung in list_rungs(places)]
    mib = find_limits(places).memory
    return Bench(queues, ladder, Catalogue(known, registered), judge_queues(spec)), OwnLimit(_print_memory(mib), mib)


def _leave_out_disabled(spec: EnvironmentSpec) -> EnvironmentSpec:
    queues = {
        name: queue.model_copy(update={"compute_environments": list_enabled(spec, name)})
        for name, queue in spec.queues.items()
    }
    return spec.model_copy(update={"queues": queues})


def _print_memory(mib: int) -> str:
    """As Nextflow prints amounts: in the largest unit, with one decimal where there is one."""
    number, unit = (mib / 1024, "GB") if mib >= 1024 else (float(mib), "MB")
    number, unit = (number / 1024, "TB") if number >= 1024 and unit == "GB" else (number, unit)
    return f"{number:.1f}".removesuffix(".0") + f" {unit}"
