"""The canary, from beginning to end: one job on every queue, as Nextflow would send it, and nothing left behind."""

from datetime import UTC, datetime

from cloud import wait
from cloud.session import Cloud
from environments.spec.environment import EnvironmentSpec
from jobs.canary import checks, objects, requests, run, setting, sweeping, watching
from jobs.canary.gathering import gather
from jobs.canary.setting import Setting
from jobs.canary.verdict import Result, Verdict
from jobs.looks import living
from kiln import signals, words
from kiln.screen import Screen
from kiln.undo import Undo


def sing(cloud: Cloud, spec: EnvironmentSpec, screen: Screen, *, queue: str = "", scratch: int = 0) -> Result:
    """Send a job to every queue of the environment (or to `queue`), watch them, and judge; `scratch` in GiB (0: the
    definition's).

    All that it makes is removed at its end, after Ctrl-C too; what a killed run left, the next removes. Raises
    UserError where the environment, a queue, its bucket, its job role or the AWS CLI's place is missing.
    """
    began, now = wait.now(), datetime.now(UTC)
    current = run.begin(spec.name, now)
    where = setting.find(cloud, spec, current, queue, scratch)
    with living.journaled(current.id, spec.name):
        with Undo() as undo:
            swept = sweeping.sweep(cloud, where, now)
            for what in swept:
                screen.say(f"  a canary that was killed left something: {what}")
            checksum, definition = _prepare(cloud, where, undo)
            watched = [_submit(cloud, where, name, definition, undo) for name in where.queues]
            watching.watch(watched, where.limit, screen)
            outcomes = {queued.queue: gather(cloud, where, queued, checksum) for queued in watched}
        verdicts = {name: checks.judge(where, outcome) for name, outcome in outcomes.items()}
        removal = _judge_removal(undo)
    return Result(
        spec.name, cloud.region, current.id, outcomes, verdicts, removal, swept, wait.now() - began
    )  # fmt: skip


def _prepare(cloud: Cloud, where: Setting, undo: Undo) -> tuple[str, str]:
    """Put the files into the bucket and register the job definition; returns the input's SHA-256 and the ARN."""
    folder = where.key("")
    undo.push(
        f"the files below s3://{where.bucket}/{folder}",
        lambda: _remove_files(cloud, where.bucket, folder),
        by_hand=f"aws s3 rm --recursive s3://{where.bucket}/{folder}",
    )
    checksum = objects.stage(cloud, where)
    batch = cloud.client("batch")
    with signals.hold():
        made = batch.register_job_definition(**requests.make_definition(where))
        arn = str(made["jobDefinitionArn"])
        undo.push(
            f"the job definition {made['jobDefinitionName']}:{made['revision']}",
            lambda: batch.deregister_job_definition(jobDefinition=arn),
            by_hand=f"aws batch deregister-job-definition --job-definition {arn}",
        )
    return checksum, arn


def _remove_files(cloud: Cloud, bucket: str, folder: str) -> None:
    objects.remove(cloud, bucket, folder)


def _submit(cloud: Cloud, where: Setting, queue: str, definition: str, undo: Undo) -> watching.Watched:
    with signals.hold():
        return watching.submit(cloud, where, queue, definition, undo, lambda job: sweeping.end_job(cloud, job))


def _judge_removal(undo: Undo) -> Verdict:
    """Whether nothing is left."""
    left = [undone for undone in undo.outcomes if undone.error]
    if not left:
        count = words.count(len(undo.outcomes), "thing")
        return Verdict("removed", "ok", f"all that it made is removed: jobs, job definition, files ({count})")
    return Verdict(
        "removed", "failed", f"it left {', '.join(undone.what for undone in left)}",
        "; ".join(undone.error for undone in left), " && ".join(undone.by_hand for undone in left if undone.by_hand),
    )  # fmt: skip
