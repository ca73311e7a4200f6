"""The scheduler: whenever something has changed it looks, soon, and carries out what the rules decide.

It looks again by itself when an idle machine's time is up, when a type may be tried again, and when the head of a queue
has waited for so long that Batch says why. Nothing of it waits for a request.
"""

from sandbox.batch.jobs import running, states
from sandbox.batch.machines import ending
from sandbox.batch.model.job import Job
from sandbox.batch.model.records import Environment, Records
from sandbox.batch.placing import heads, launching, looking
from sandbox.batch.placing.decide import decide
from sandbox.batch.placing.picture import Decisions
from sandbox.batch.placing.surplus import Idle, find_surplus
from sandbox.ec2.hardware import room
from sandbox.ec2.model.instance_types import vcpus
from sandbox.world.world import current

ROOM_RECHECK = 5.0  # seconds until a job is tried again for which this computer had no room
INTERVAL = 0.2  # seconds between two looks, at least: many changes at once are looked at together


def wake(records: Records) -> None:
    """Have the scheduler look soon."""
    now, fleet = current().clock.now(), records.fleet
    _look_at(records, max(now + INTERVAL if fleet.is_looking else now, fleet.looked + INTERVAL))


def _look_at(records: Records, when: float) -> None:
    fleet, now = records.fleet, current().clock.now()
    if fleet.due is not None and fleet.due <= when:
        return
    fleet.due = when
    current().later(max(0.0, when - now), lambda: _look_if(records, when))


def _look_if(records: Records, when: float) -> None:
    """Look, unless another time was set meanwhile. A call to EC2 lets pass what is due: never a look within a look."""
    fleet = records.fleet
    if fleet.due != when:
        return
    fleet.due = None
    if fleet.is_looking:
        wake(records)
        return
    fleet.is_looking = True
    try:
        look(records)
    finally:
        fleet.is_looking = False


def look(records: Records) -> None:
    """Look once: place jobs, launch and end machines, say why a head waits."""
    fleet = records.fleet
    fleet.looked = current().clock.now()
    running.listen(records)
    picture = looking.take_picture(records)
    decisions = decide(picture)
    lacking = _place(records, decisions)
    is_refused = _launch(records, decisions)
    times = [_end_surplus(records, environment, decisions) for environment in records.environments.values()]
    asked = dict(decisions.asked)
    for habitat, environment in zip(picture.habitats, records.environments.values(), strict=True):
        _count_desired(records, environment, habitat.lasting, asked.get(environment.arn, 0))
    times += [heads.explain(records, queue) for queue in records.queues.values()]
    now = current().clock.now()
    times += [lack.until for lack in fleet.lacks.values() if lack.until > now]
    for job, why in lacking:
        states.set_reason(job, why)
        times.append(now + ROOM_RECHECK)
    if len(decisions.placements) > len(lacking) or is_refused:
        wake(records)
    next_at = min((when for when in times if when is not None), default=None)
    if next_at is not None:
        _look_at(records, max(next_at, fleet.looked + INTERVAL))


def _place(records: Records, decisions: Decisions) -> list[tuple[Job, str]]:
    """Begin the jobs that have a place; the others, with why: this computer's memory has no room for them, nor have
    those behind them their turn.
    """
    lacking: list[tuple[Job, str]] = []
    environments = {environment.arn: environment for environment in records.environments.values()}
    instances = {
        name: (environment, instance)
        for environment in environments.values()
        for name, instance in looking.list_instances(records, environment).items()
    } if decisions.placements else {}  # fmt: skip
    for placement in decisions.placements:
        job = records.jobs.get(placement.job)
        environment, instance = instances[placement.machine]
        if job is not None and job.status == "RUNNABLE" and looking.is_open(instance):
            is_behind = any(other.queue == job.queue for other, _ in lacking)
            why = "" if is_behind else room.explain_lack(placement.machine, looking.count_need(job).memory)
            if is_behind or why:
                lacking.append((job, why))
                continue
            states.set_reason(job, "")
            running.begin(records, job, environment, instance)
            records.fleet.mark_busy(placement.machine)
    return lacking


def _launch(records: Records, decisions: Decisions) -> bool:
    """Launch machines; whether EC2 does not give all of them."""
    by_arn = {environment.arn: environment for environment in records.environments.values()}
    made = [launching.launch(records, by_arn[wanted.environment], wanted) for wanted in decisions.launches]
    return made != [wanted.number for wanted in decisions.launches]


def _end_surplus(records: Records, environment: Environment, decisions: Decisions) -> float | None:
    """End the machines that an environment has no use for; when there may be more, None without an end in sight."""
    if environment.kind != "MANAGED":
        return None
    resources, delays, now = environment.resources, current().delays, current().clock.now()
    machines = records.fleet.list_of(environment.arn)
    idle = [
        Idle(each.id, vcpus(each.instance_type), each.idle_since, each.has_run, each.is_replaced,
             each.id in decisions.needed)
        for each in machines
    ]  # fmt: skip
    kept = 60.0 * ((resources.get("scalingPolicy") or {}).get("minScaleDownDelayMinutes") or 0)
    surplus = find_surplus(idle, resources["minvCpus"], now, delays.batch_idle, kept)
    ending.end(records, environment, [each for each in machines if each.id in surplus.ended])
    return surplus.next_at


def _count_desired(records: Records, environment: Environment, before: int, asked: int) -> None:
    """Let desiredvCpus follow: up with what jobs need beside the vCPUs of `before`, given or not, and down with the
    machines.
    """
    resources, now = environment.resources, current().clock.now()
    if environment.kind != "MANAGED":
        return
    machines = records.fleet.list_of(environment.arn)
    present = sum(vcpus(machine.instance_type) for machine in machines if not machine.is_replaced)
    desired, least, most = resources["desiredvCpus"], resources["minvCpus"], resources["maxvCpus"]
    if environment.raised and (present >= environment.raised or now >= environment.raised_until):
        environment.raised = 0
    if asked:
        desired = max(desired, before + asked)
    elif not environment.raised and not looking.list_lacking(records, environment):
        desired = min(desired, present)
    resources["desiredvCpus"] = max(least, min(desired, most))
