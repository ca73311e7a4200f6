"""The tasks of jobs: listing, showing, proving that an environment runs them, measuring what machines give them."""

from invoke.context import Context

from cli.task import JSON, REGION, task


@task(
    help={
        "env": "name of an environment, or the path of its definition; default: every one in the region",
        "queue": "name or ARN of a job queue; default: all of them",
        "status": "states, such as running,failed; unfinished stands for all that are not over; default: every state",
        "since": "submitted since: 2h, 3d, 2026-11-28T14:00 (UTC); default: a day, and older ones that are not over",
        "region": REGION,
        "json": JSON,
    },
)
def list_jobs(
    c: Context, env: str = "", queue: str = "", status: str = "", since: str = "", region: str = "", json: bool = False
) -> int:
    """List the jobs of environments or a queue."""
    from jobs.commands import list_jobs as command

    return command.list_jobs(env, queue, status, since, region or None, as_json=json)


@task(
    positional=["job"],
    help={
        "job": "id or ARN of a job; an array's child has :INDEX behind the id",
        "follow": "show its states and its log until it is over; exit code 2 when it FAILED",
        "region": REGION,
        "json": JSON,
    },
)
def show_job(c: Context, job: str, follow: bool = False, region: str = "", json: bool = False) -> int:
    """Show a job, where it ran, and why it ended."""
    from jobs.commands import show_job as command

    return command.show_job(job, region or None, follow=follow, as_json=json)


@task(
    help={
        "env": "a name under environments/, or the path of a YAML file",
        "queue": "name of a job queue; default: every queue of the environment",
        "scratch-gib": "size in GiB of the file that it writes and removes; default: the definition's",
        "region": REGION,
        "json": JSON,
    },
)
def canary(
    c: Context, env: str = "genomics", queue: str = "", scratch_gib: int = 0, region: str = "", json: bool = False
) -> int:
    """Prove with small jobs that an environment works."""
    from jobs.commands import canary as command

    return command.canary(env, queue, region or None, scratch=scratch_gib, as_json=json)


@task(
    help={
        "env": "a name under environments/, or the path of a YAML file",
        "types": "instance types with commas between them; default: all that the environment allows, up to five",
        "region": REGION,
        "json": JSON,
    },
)
def measure_memory(c: Context, env: str = "genomics", types: str = "", region: str = "", json: bool = False) -> int:
    """Measure the memory that machines give to jobs."""
    from jobs.commands import measure_memory as command

    return command.measure_memory(env, types, region or None, as_json=json)
