"""What `invoke show-run` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from datetime import UTC, datetime

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from nextflow.runs.looks import overview, setting
from nextflow.runs.looks.bucket import find_bucket
from nextflow.runs.screens import shown as screens
from nextflow.runs.spent import look as spent


def show_run(name: str, env: str, region: str | None, *, as_json: bool, now: datetime | None = None) -> int:
    """Show a run: heads, tasks, cost, files; `now` is the present (UTC). Raises UserError for an unknown run."""
    spec, cloud = definitions.load(env), Cloud(region)
    bucket, _ = find_bucket(cloud, spec)
    whole = overview.look(cloud, bucket, name, *_find_queues(cloud, spec))
    present = now or datetime.now(UTC)
    costs = spent.look(cloud, whole.jobs, present)
    if as_json:
        print_json(screens.make_document(whole, costs, cloud.region))
    else:
        print_result(screens.render(whole, costs, present))
    return Exit.DONE


def _find_queues(cloud: Cloud, spec: EnvironmentSpec) -> tuple[str, tuple[str, ...]]:
    """The heads' queue and all of them, "" and none where the environment is gone: its bucket outlives it."""
    queues: tuple[str, ...] = ()
    try:
        queues = setting.list_queues(cloud, spec)
        return setting.find_head_queue(spec, queues), queues
    except UserError as missing:
        Screen().say(f"! {missing.what}: shown is what S3 and AWS Batch know without it")
        return "", queues
