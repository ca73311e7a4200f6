"""What is to be done about the jobs that wait: which goes where, and which machines are to be launched (pure).

Queues of higher priority go first, in a queue the oldest job does, and environments are tried in the queue's order. A
job that finds no place holds up those behind it in its queue; machines are launched for all of them, until the first
that no environment can have a machine for. Sources, at https://docs.aws.amazon.com/batch/latest/userguide/:
job_queue_parameters.html (priority), job_scheduling.html ("first-in, first-out"), job_stuck_in_runnable.html (a job at
the head blocks).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.batch.placing import strategies
from sandbox.batch.placing.picture import (
    Decisions,
    Habitat,
    Launch,
    Line,
    MachineType,
    Picture,
    Place,
    Placement,
    Size,
    Waiting,
)


@dataclass
class _Bin:
    """A machine with what is left on it: one that is there, that comes, or that is to be launched."""

    id: str
    left: Size
    is_open: bool
    is_needed: bool = False


@dataclass
class _Stall:
    """An environment while the scheduler reckons: `seen` says up to which machine no job of a size fits any more."""

    habitat: Habitat
    bins: list[_Bin] = field(default_factory=list)
    seen: dict[tuple[Size, bool], int] = field(default_factory=dict)
    launched: Counter[str] = field(default_factory=Counter)
    added: int = 0

    def find(self, need: Size, *, only_open: bool) -> _Bin | None:
        """Find the first machine with room: what is left only shrinks, so no machine is looked at in vain twice."""
        place = self.seen.get((need, only_open), 0)
        while place < len(self.bins):
            found = self.bins[place]
            if need.fits(found.left) and (found.is_open or not only_open):
                break
            place += 1
        self.seen[need, only_open] = place
        return self.bins[place] if place < len(self.bins) else None

    def launch(self, machine_type: MachineType) -> _Bin:
        self.launched[machine_type.name] += 1
        self.added += machine_type.size.vcpus
        self.bins.append(_Bin("", machine_type.size, is_open=False))
        return self.bins[-1]

    @property
    def present(self) -> int:
        return self.habitat.present + self.added


def decide(picture: Picture) -> Decisions:
    """Decide about everything that waits."""
    stalls = {habitat.arn: _Stall(habitat) for habitat in picture.habitats}
    for place in picture.places:
        if place.environment in stalls and (place.is_open or place.is_coming):
            stalls[place.environment].bins.append(_make_bin(place))
    placements: list[Placement] = []
    heads: list[tuple[str, str]] = []
    for line in sorted(picture.lines, key=lambda line: -line.priority):
        own = [stalls[arn] for arn in line.environments if arn in stalls]
        placed = list(_place(line, own))
        placements += placed
        behind = line.jobs[len(placed) :]
        if behind:
            heads.append((line.arn, behind[0].id))
            _make_room(behind, own)
    asked = tuple((arn, stall.added) for arn, stall in stalls.items() if stall.added)
    for stall in stalls.values():
        _hold_floor(stall)
    launches = [Launch(arn, name, number) for arn, stall in stalls.items() for name, number in stall.launched.items()]
    needed = frozenset(each.id for stall in stalls.values() for each in stall.bins if each.is_needed and each.id)
    return Decisions(tuple(placements), tuple(launches), tuple(heads), needed, asked)


def _make_bin(place: Place) -> _Bin:
    return _Bin(place.id, place.size - place.taken, place.is_open)


def _place(line: Line, stalls: list[_Stall]) -> Iterator[Placement]:
    """Give the jobs of a queue their places, until the first that has none."""
    for job in line.jobs:
        usable = (stall.find(job.need, only_open=True) for stall in stalls if stall.habitat.may_place)
        chosen = next(filter(None, usable), None)
        if chosen is None:
            return
        chosen.left -= job.need
        yield Placement(job.id, chosen.id)


def _make_room(jobs: tuple[Waiting, ...], stalls: list[_Stall]) -> None:
    """Reckon with machines that are there or come for the jobs that wait, and launch the rest."""
    for job in jobs:
        if not any(_take_in(stall, job.need) for stall in stalls if stall.habitat.may_place):
            return


def _take_in(stall: _Stall, need: Size) -> bool:
    chosen = stall.find(need, only_open=False)
    if chosen is None and stall.habitat.may_launch:
        machine_type = strategies.choose(stall.habitat, need, stall.present)
        chosen = stall.launch(machine_type) if machine_type else None
    if chosen is None:
        return False
    chosen.left -= need
    chosen.is_needed = True
    return True


def _hold_floor(stall: _Stall) -> None:
    """Launch what minvCpus asks for, or a desiredvCpus that was raised by hand."""
    habitat = stall.habitat
    while habitat.may_launch and habitat.lasting + stall.added < habitat.floor:
        missing = habitat.floor - habitat.lasting - stall.added
        machine_type = strategies.choose_for_floor(habitat, missing, stall.present)
        if machine_type is None:
            return
        stall.launch(machine_type)
