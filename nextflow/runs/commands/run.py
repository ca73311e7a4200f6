"""What `invoke run` does, as a person sees it. Returns an exit code: Nextflow's own for a run that was followed."""

from datetime import UTC, datetime

from cloud.session import Cloud
from kiln import asking
from kiln.errors import Exit, Interrupted
from kiln.screen import Screen, print_json, print_result
from kiln.secrets import masking
from nextflow.runs.looks import outputs
from nextflow.runs.screens import started as screens
from nextflow.runs.start import plan
from nextflow.runs.start.asked import Asked
from nextflow.runs.start.plan import Planned
from nextflow.runs.start.start import Started, start
from nextflow.runs.watch import first, leaving
from nextflow.runs.watch.follow import Ended, follow


def run(
    asked: Asked, region: str | None, *, follows: bool, yes: bool, as_json: bool, now: datetime | None = None
) -> int:
    """Check, start, and with `follows` watch a run to its end; `now` (UTC) only names it.

    Raises UserError for whatever keeps the run from being started; nothing of it is left then.
    """
    cloud, screen = Cloud(region), Screen()
    planned = plan.make(cloud, asked, now or datetime.now(UTC))
    for remark in planned.remarks:
        screen.say(remark)
    if not _agree_to_first(cloud, planned, yes, screen):
        return Exit.SOMETHING_TO_DO
    started = start(cloud, planned, screen)
    text = screens.render(started, planned.places, planned.params, resumed=planned.resume)
    (screen.say if as_json or follows else print_result)(text)
    first.note(cloud, planned.places.bucket, planned.record.pipeline, screen)
    ended = _follow(cloud, planned, started, screen) if follows else None
    return _tell_end(cloud, planned, started, ended, as_json=as_json)


def _agree_to_first(cloud: Cloud, planned: Planned, yes: bool, screen: Screen) -> bool:
    """Warn of a first run; at a terminal a person agrees to it."""
    warning = "" if planned.resume else first.warn(
        cloud, planned.places.bucket, planned.record.pipeline, planned.texts
    )  # fmt: skip
    if not warning:
        return True
    screen.say(warning)
    return yes or not asking.can_ask() or asking.ask(screen, f"Start {planned.record.name} all the same?")


def _follow(cloud: Cloud, planned: Planned, started: Started, screen: Screen) -> Ended:
    logs = planned.places.uri(planned.places.logs)
    secrets = masking.list_values(started.command, planned.values)
    try:
        return follow(cloud, started.record, started.job, planned.setting.queues, logs, screen, secrets)
    except Interrupted as interrupted:
        leaving.leave(cloud, started.record.name, started.job, interrupted, screen)
        raise
    except Exception:
        leaving.say_goes_on(started.record.name, started.job, screen)
        raise


def _tell_end(cloud: Cloud, planned: Planned, started: Started, ended: Ended | None, *, as_json: bool) -> int:
    record = started.record
    listed = outputs.look(cloud, record.output) if ended and record.output else None
    code = ended.exit_code if ended else None
    if as_json:
        print_json(screens.make_document(
            started, planned.places, cloud.region, resumed=planned.resume, job=ended.job if ended else None,
            exit_code=code, outputs=listed,
        ))  # fmt: skip
    elif ended:
        print_result(screens.render_ended(record, ended.job, ended.left, listed))
    return code if code is not None else Exit.DONE
