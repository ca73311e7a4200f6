"""What `invoke nextflow-config` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from cloud.session import Cloud
from environments.spec import definitions
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result
from nextflow.config.places import is_open
from nextflow.config.write import configure


def nextflow_config(env: str, region: str | None, *, as_json: bool) -> int:
    """Print Nextflow's configuration for an environment."""
    spec, cloud = definitions.load(env), Cloud(region)
    text = configure(cloud, spec)
    if not any(is_open(spec, queue) for queue in spec.queues):
        Screen().say(
            f"! no queue of {spec.name} starts machines: it, or its compute environments, are disabled in the "
            "definition, so that every task would wait"
        )
    if as_json:
        print_json({"environment": spec.name, "region": cloud.region, "config": text})
    else:
        print_result(text.rstrip("\n"))
    return Exit.DONE
