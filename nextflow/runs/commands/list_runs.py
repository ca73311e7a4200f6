"""What `invoke list-runs` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

from datetime import UTC, datetime

from cloud.session import Cloud
from environments.spec import definitions
from kiln.errors import Exit, UserError
from kiln.screen import print_json, print_result
from nextflow.runs.looks import orphans, overview, setting
from nextflow.runs.looks.bucket import find_bucket
from nextflow.runs.looks.orphans import Ended
from nextflow.runs.screens import listed as screens


def list_runs(
    env: str, region: str | None, *, orphans_alone: bool, terminate: bool, as_json: bool, now: datetime | None = None
) -> int:
    """List the runs of an environment; or its orphans, which are something to look at until they are ended.

    Raises UserError for an unknown environment, and for --terminate without --orphans.
    """
    if terminate and not orphans_alone:
        raise UserError(
            "--terminate alone ends nothing", "it ends orphans, and nothing else", "Try --orphans --terminate."
        )
    spec, cloud = definitions.load(env), Cloud(region)
    bucket, _ = find_bucket(cloud, spec)
    if orphans_alone:
        return _list_orphans(cloud, bucket, spec.name, setting.list_queues(cloud, spec), terminate, as_json=as_json)
    unread: list[str] = []
    runs = overview.list_runs(cloud, bucket, unread)
    if as_json:
        print_json(screens.make_document(runs, spec.name))
    else:
        print_result(screens.render(runs, spec.name, now or datetime.now(UTC), unread))
    return Exit.DONE


def _list_orphans(
    cloud: Cloud, bucket: str, environment: str, queues: tuple[str, ...], terminate: bool, *, as_json: bool
) -> int:
    jobs, by_hand = orphans.find(cloud, bucket, queues)
    ended = orphans.end(cloud, bucket, queues) if jobs and terminate else Ended(jobs)
    if as_json:
        print_json(screens.make_orphans_document(ended, by_hand, environment, ended=terminate))
    else:
        print_result(screens.render_orphans(ended, by_hand, environment, ended=terminate))
    if ended.refused:
        return Exit.USER_ERROR
    return Exit.SOMETHING_TO_DO if jobs and not terminate else Exit.DONE
