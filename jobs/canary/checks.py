"""What a canary's job proves, or what is wrong: the verdicts, out of what became of it (pure)."""

from collections.abc import Iterator

from environments.kinds.batch import endings, reasons
from jobs.canary.setting import Setting
from jobs.canary.steps import check_steps
from jobs.canary.verdict import Outcome, Verdict
from jobs.screens.shown import render_machine
from jobs.screens.times import render_span
from kiln import typed, words

_LATE = "ask with list-jobs what else is in its queue; canary: time_limit in the definition allows more"


def judge(setting: Setting, outcome: Outcome) -> tuple[Verdict, ...]:
    """Judge a queue's job. Where it did not start, or could not fetch its script, there is nothing else to say."""
    start = _check_start(setting, outcome)
    if start.state == "failed":
        return (start,)
    early = _check_script(setting, outcome)
    if early:
        return (start, early)
    return (start, _check_log(setting, outcome), *check_steps(setting, outcome), *_check_end(setting, outcome))


def _check_start(setting: Setting, outcome: Outcome) -> Verdict:
    job = outcome.job
    if job is None:
        return Verdict(
            "start", "failed", "AWS Batch did not take the job", outcome.refused, _fix_queue(setting, outcome)
        )
    last = job.last
    if last is not None and last.started is not None:
        waited = render_span(job.created, job.started or last.started, last.started)
        where = f", on {render_machine(outcome.machine)}" if outcome.machine else ""
        return Verdict("start", "ok", f"RUNNING {waited} after it was submitted{where}{_pulled(outcome)}")
    if job.status == "FAILED":
        return _never_ran(outcome)
    if outcome.explanation and outcome.explanation.finding:
        finding = outcome.explanation.finding
        return Verdict("start", "failed", finding.what, finding.why, finding.fix)
    if reason := reasons.explain_job(job.reason):
        return Verdict("start", "failed", f"it cannot start: {reason.why}", job.reason, reason.hint)
    state = outcome.explanation.state if outcome.explanation else job.status
    what = f"it has not started within {words.format_seconds(setting.limit)}"
    return Verdict(
        "start", "failed", what, state, f"{typed.command(f'doctor --env {setting.run.environment}')}; {_LATE}"
    )


def _pulled(outcome: Outcome) -> str:
    times = outcome.times
    if times is None or times.pull_started is None or times.pull_stopped is None:
        return ""
    return f"; its image took {render_span(times.pull_started, times.pull_stopped, times.pull_stopped)}"


def _never_ran(outcome: Outcome) -> Verdict:
    """An image that cannot be pulled, a container that cannot be made, a machine that was lost."""
    job = outcome.job
    assert job is not None
    reason = job.last.container_reason if job.last else ""
    ending = endings.explain(job.reason, reason)
    why = "; ".join(filter(None, (job.reason, reason)))
    name = "image" if "Pull" in reason or "PULL" in reason else "start"
    what = (
        f"{ending.meaning} ({job.image})" if ending and name == "image" else ending.meaning if ending else "it FAILED"
    )
    return Verdict(name, "failed", what, why, ending.hint if ending else "see the reason")


def _fix_queue(setting: Setting, outcome: Outcome) -> str:
    return f"{typed.command(f'doctor --env {setting.run.environment}')}; the queue is {outcome.queue}"


def _check_script(setting: Setting, outcome: Outcome) -> Verdict | None:
    """Whether the container could fetch its script with the mounted CLI; without it, it reports nothing."""
    if outcome.reported:
        return None
    text = " ".join(outcome.lines[-5:])
    job = outcome.job
    if "No such file or directory" in text or (job and job.last and job.last.exit_code == 127):
        return Verdict(
            "cli", "failed", f"the machine has no AWS CLI at {setting.cli}", text or "the container has no such file",
            "build an image with aws_cli, or name its folder under canary: cli; so must Nextflow's aws.batch.cliPath",
        )  # fmt: skip
    if any(word in text for word in ("AccessDenied", "403", "Forbidden", "Unable to locate credentials")):
        return Verdict(
            "download", "failed", f"tasks may not read s3://{setting.bucket}", text,
            f"{typed.command(f'register-env --env {setting.run.environment}')} repairs the policy of {setting.role}",
        )  # fmt: skip
    why = text or (job.reason if job else "") or "its log is empty"
    ending = job.last.ending if job and job.last else None
    hint = ending.hint if ending and ending.hint else typed.command(f"show-job {job.id}" if job else "list-jobs")
    return Verdict("script", "failed", "the container did not fetch and run its script", why, hint)


def _check_log(setting: Setting, outcome: Outcome) -> Verdict:
    if outcome.in_log:
        return Verdict("log", "ok", f"its output is in the log group {setting.log_group}")
    return Verdict(
        "log", "failed", f"its output is not in the log group {setting.log_group}",
        "it ran, and put its log into the bucket, but nothing of it is in CloudWatch Logs",
        "check that the machines' role may write there (logs:CreateLogStream, logs:PutLogEvents)",
    )  # fmt: skip


def _check_end(setting: Setting, outcome: Outcome) -> Iterator[Verdict]:
    """Whether it came to its end; and what the machine is like."""
    job = outcome.job
    if outcome.late:
        what = f"it was not over within {words.format_seconds(setting.limit)}"
        yield Verdict("end", "failed", what, outcome.told("progress") or "it was under way", _LATE)
    elif job and job.status == "FAILED" and "end" not in outcome.reported:
        ending = job.last.ending if job.last else None
        why = f"{job.reason}; {ending.meaning}" if ending else job.reason
        yield Verdict("end", "failed", "it ended before its script was through", why, ending.hint if ending else "")
