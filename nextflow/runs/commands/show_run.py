"""What `invoke show-run` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from datetime import UTC, datetime

from cloud.session import Cloud
from environments.spec import definitions
from kiln.errors import Exit
from kiln.screen import print_json, print_result
from nextflow.runs.looks import overview, setting
from nextflow.runs.screens import shown as screens
from nextflow.runs.spent import look as spent


def show_run(name: str, env: str, region: str | None, *, as_json: bool, now: datetime | None = None) -> int:
    """Show a run: heads, tasks, cost, files; `now` is the present (UTC). Raises UserError for an unknown run."""
    spec, cloud = definitions.load(env), Cloud(region)
    bucket, _ = setting.find_bucket(cloud, spec)
    queues = setting.list_queues(cloud, spec)
    whole = overview.look(cloud, bucket, name, setting.find_head_queue(spec, queues), queues)
    present = now or datetime.now(UTC)
    costs = spent.look(cloud, whole.jobs, present)
    if as_json:
        print_json(screens.make_document(whole, costs, cloud.region))
    else:
        print_result(screens.render(whole, costs, present))
    return Exit.DONE
