"""What `invoke measure-memory` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from cloud.session import Cloud
from environments.spec import definitions
from jobs.memory import show
from jobs.memory.measure import measure
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result


def measure_memory(env: str, types: str, region: str | None, *, as_json: bool) -> int:
    """Measure what machines of the environment's types register; `types` has commas between them ("": all)."""
    spec, cloud, screen = definitions.load(env), Cloud(region), Screen()
    names = [name.strip() for name in types.split(",") if name.strip()]
    measured = measure(cloud, spec, screen, types=names)
    if as_json:
        print_json(show.make_document(spec.name, cloud.region, measured))
    else:
        print_result(show.render(spec.name, cloud.region, measured))
    return Exit.DONE
