"""What `invoke nextflow-config` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from cloud.session import Cloud
from environments.spec import definitions
from kiln.errors import Exit
from kiln.screen import print_json, print_result
from nextflow.config.write import configure


def nextflow_config(env: str, region: str | None, *, as_json: bool) -> int:
    """Print Nextflow's configuration for an environment."""
    spec, cloud = definitions.load(env), Cloud(region)
    text = configure(cloud, spec)
    if as_json:
        print_json({"environment": spec.name, "region": cloud.region, "config": text})
    else:
        print_result(text.rstrip("\n"))
    return Exit.DONE
