"""Drain and delete a compute environment that is in no queue any more."""

from collections.abc import Sequence

from cloud import wait
from cloud.session import Cloud
from environments.kinds.batch import deletion, jobs
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.rollout.blue_green import describe_interruption
from environments.rollout.options import Options
from kiln import words
from kiln.errors import Interrupted
from kiln.screen import Line


def retire(
    cloud: Cloud, environment: str, old: ExistingEnvironment, queues: Sequence[str], options: Options, line: Line
) -> None:
    """Wait for the jobs that still run on the compute environment, then delete it.

    `queues` are those that it served. `line` says what is waited for. Raises UserError when jobs run for longer than
    --drain-timeout; they run on.
    """
    try:
        _drain(cloud, old, queues, options, line)
        line.note = "drained, deleted"
        deletion.delete_environment(cloud, environment, old.aws_name)
    except Interrupted as error:
        error.left = describe_interruption(environment)
        raise


def _drain(cloud: Cloud, old: ExistingEnvironment, queues: Sequence[str], options: Options, line: Line) -> None:
    """Return when none of its jobs is on a machine."""
    name, shown = old.aws_name, -1

    def probe() -> bool | None:
        nonlocal shown
        running = jobs.on(jobs.placed(cloud, queues), [old.cluster])
        if not running:
            return True
        if options.terminate_jobs:
            jobs.terminate(cloud, running, "Terminated by invoke register-env --terminate-jobs")
        if len(running) != shown:
            shown = len(running)
            line.say(f"{name} waits for {words.count(shown, 'job')}, {running[0]} first. Ctrl-C is safe.")
        return None

    wait.until(
        probe,
        what=f"the end of the jobs in {name}",
        timeout=options.drain_minutes * 60.0,
        every=5.0,
        longest=60.0,
        hint="The jobs run on, and the compute environment takes no new ones. Run the same command again to wait for "
        "them, or add --terminate-jobs.",
    )
