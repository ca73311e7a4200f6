"""`invoke build-ami`, as a person sees it."""

import time

from cloud.session import Cloud
from images import build as builds
from images.builder.on_error import parse_on_error
from images.builder.permissions import check_may_build
from images.commands import show, show_plan
from images.commands.recording import BUILDS, record
from images.plan import plan as plans
from images.plan.plan import Plan
from images.spec import definitions
from kiln.errors import Exit
from kiln.screen import Screen, print_json, print_result


def build(image: str, region: str | None, *, plan: bool, force: bool, on_error: str, test: bool, as_json: bool) -> int:
    """Build an AMI, if anything changed; `plan` shows what would be done. Returns an exit code (kiln.errors.Exit)."""
    began = time.monotonic()
    options = builds.Options(on_error=parse_on_error(on_error), test=test)
    spec = definitions.load(image)
    screen = Screen()
    cloud = Cloud(region)
    with screen.step("preflight") as line:
        planned = plans.prepare(cloud, spec, BUILDS)
        up_to_date = planned.existing is not None and not force
        if not up_to_date:
            check_may_build(cloud, planned)
        line.note = show_plan.render_preflight(planned)
    if not up_to_date:
        screen.say(show_plan.render_header(cloud, planned))
    if plan:
        return _show(cloud, planned, up_to_date=up_to_date, as_json=as_json)
    if up_to_date:
        return _up_to_date(planned, as_json=as_json)
    with record(screen, planned.boot) as report:
        built = builds.build_ami(cloud, planned, options, report)
    if as_json:
        document = {"ami": built.ami, "status": built.status, "key": planned.boot.key, "built": True}
        print_json({**document, "manifest": built.manifest})
    else:
        print_result(show.render_built(cloud, planned, built, time.monotonic() - began))
    return Exit.DONE


def _show(cloud: Cloud, planned: Plan, *, up_to_date: bool, as_json: bool) -> int:
    if as_json:
        print_json(show_plan.make_document(cloud, planned, up_to_date=up_to_date))
    else:
        print_result(show_plan.render_up_to_date(planned) if up_to_date else show_plan.render_plan(planned))
    return Exit.DONE if up_to_date else Exit.SOMETHING_TO_DO


def _up_to_date(planned: Plan, *, as_json: bool) -> int:
    entry = planned.existing
    assert entry is not None
    if as_json:
        print_json({"ami": entry.id, "status": entry.status, "key": planned.boot.key, "built": False})
    else:
        print_result(show_plan.render_up_to_date(planned))
    return Exit.DONE
