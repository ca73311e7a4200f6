"""The scheduler's rules, over any picture: a machine is never overfull, maxvCpus holds, nothing is placed twice."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.batch.placing.decide import decide
from sandbox.batch.placing.picture import Habitat, Launch, Line, MachineType, Picture, Place, Placement, Size, Waiting
from sandbox.batch.placing.strategies import may_exceed

STRATEGIES = (
    "BEST_FIT", "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
)  # fmt: skip
TYPES = tuple(
    MachineType(f"c5.{vcpus}", Size(vcpus, vcpus * 1900, vcpus // 16), vcpus * 0.0425) for vcpus in (2, 4, 8, 16, 36)
)
sizes = st.builds(Size, st.integers(1, 20), st.integers(1, 40_000), st.sampled_from([0, 0, 0, 1]))


@st.composite
def habitats(draw: st.DrawFn, arn: str) -> Habitat:
    lasting = draw(st.integers(0, 40))
    types = draw(st.permutations(TYPES).flatmap(lambda order: st.integers(0, 5).map(lambda n: tuple(order[:n]))))
    return Habitat(
        arn,
        strategy=draw(st.sampled_from(STRATEGIES)),
        is_spot=draw(st.booleans()),
        types=types,
        floor=draw(st.integers(0, 30)),
        present=lasting + draw(st.integers(0, 10)),
        lasting=lasting,
        most=draw(st.integers(0, 64)),
        may_place=draw(st.booleans()),
        may_launch=draw(st.booleans()),
        lacking=draw(st.frozensets(st.sampled_from([each.name for each in TYPES]), max_size=2)),
    )


@st.composite
def places(draw: st.DrawFn, number: int) -> Place:
    size, taken = draw(sizes), draw(sizes)
    taken = Size(*(min(a, b) for a, b in zip(vars(size).values(), vars(taken).values(), strict=True)))
    state = draw(st.sampled_from(["open", "coming", "neither"]))
    environment = draw(st.sampled_from("abc"))
    return Place(f"i-{number}", environment, size, taken, is_open=state == "open", is_coming=state == "coming")


@st.composite
def lines(draw: st.DrawFn, arn: str) -> Line:
    order = tuple(draw(st.permutations("abc")))[: draw(st.integers(1, 3))]
    jobs = tuple(Waiting(f"{arn}-{number}", need) for number, need in enumerate(draw(st.lists(sizes, max_size=12))))
    return Line(arn, draw(st.integers(0, 3)), order, jobs)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    return Picture(
        tuple(draw(lines(f"q{number}")) for number in range(draw(st.integers(0, 4)))),
        tuple(draw(habitats(arn)) for arn in "abc"),
        tuple(draw(places(number)) for number in range(draw(st.integers(0, 6)))),
    )


def fill(picture: Picture) -> dict[str, Size]:
    """What is taken on each machine once the decisions are carried out."""
    needs = {job.id: job.need for line in picture.lines for job in line.jobs}
    taken = {place.id: place.taken for place in picture.places}
    for placement in decide(picture).placements:
        taken[placement.machine] += needs[placement.job]
    return taken


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_no_machine_is_ever_overfull(picture: Picture) -> None:
    taken = fill(picture)
    assert all(taken[place.id].fits(place.size) for place in picture.places)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_jobs_are_placed_once_in_their_order_and_where_their_queue_may(picture: Picture) -> None:
    chosen = {placement.job: placement.machine for placement in decide(picture).placements}
    assert len(chosen) == len(decide(picture).placements)
    by_id = {place.id: place for place in picture.places}
    usable = {habitat.arn for habitat in picture.habitats if habitat.may_place}
    for line in picture.lines:
        placed = [job.id in chosen for job in line.jobs]
        assert placed == sorted(placed, reverse=True)
        for job in line.jobs[: sum(placed)]:
            place = by_id[chosen[job.id]]
            assert place.is_open
            assert place.environment in set(line.environments) & usable


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_a_head_that_waits_fits_nowhere(picture: Picture) -> None:
    """Whatever the priorities are: what is left in the end, was left when it was looked at."""
    taken, heads = fill(picture), dict(decide(picture).heads)
    for line in picture.lines:
        need = {job.id: job.need for job in line.jobs}.get(heads.get(line.arn, ""))
        for place in picture.places:
            habitat = next(each for each in picture.habitats if each.arn == place.environment)
            if need and place.is_open and habitat.may_place and place.environment in line.environments:
                assert not need.fits(place.size - taken[place.id])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_maxvcpus_is_passed_by_one_machine_at_most_and_only_where_aws_does(picture: Picture) -> None:
    launches: dict[str, list[Launch]] = defaultdict(list)
    for launch in decide(picture).launches:
        launches[launch.environment].append(launch)
    vcpus = {each.name: each.size.vcpus for each in TYPES}
    for habitat in picture.habitats:
        made = launches[habitat.arn]
        added = sum(vcpus[launch.instance_type] * launch.number for launch in made)
        if not added:
            continue
        assert habitat.may_launch
        assert not {launch.instance_type for launch in made} & habitat.lacking
        beyond = max(vcpus[launch.instance_type] for launch in made) if may_exceed(habitat) else 0
        assert habitat.present + added - beyond < habitat.most or (
            not beyond and habitat.present + added == habitat.most
        )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_nothing_is_launched_without_a_job_or_a_floor(picture: Picture) -> None:
    idle = replace(picture, lines=(), habitats=tuple(replace(each, floor=each.lasting) for each in picture.habitats))
    assert decide(idle).launches == ()
    assert decide(idle).placements == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_what_was_decided_is_not_decided_again(picture: Picture) -> None:
    """When the machines have been launched and are on their way, the next look launches no more, and places nothing."""
    decisions, taken = decide(picture), fill(picture)
    placed = {placement.job for placement in decisions.placements}
    by_name = {each.name: each.size for each in TYPES}
    coming = tuple(
        Place(f"new-{launch.environment}-{launch.instance_type}-{n}", launch.environment, by_name[launch.instance_type],
              is_coming=True)
        for launch in decisions.launches
        for n in range(launch.number)
    )  # fmt: skip
    added = {arn: sum(p.size.vcpus for p in coming if p.environment == arn) for arn in "abc"}
    after = Picture(
        tuple(replace(line, jobs=tuple(j for j in line.jobs if j.id not in placed)) for line in picture.lines),
        tuple(replace(h, present=h.present + added[h.arn], lasting=h.lasting + added[h.arn]) for h in picture.habitats),
        (*(replace(place, taken=taken[place.id]) for place in picture.places), *coming),
    )
    again = decide(after)
    assert again.placements == ()
    assert sum(launch.number for launch in again.launches) == 0


ONE = Habitat("a", types=TYPES[:3], most=64)


def wait(*needs: Size, arn: str = "q", priority: int = 1, environments: tuple[str, ...] = ("a",)) -> Line:
    return Line(arn, priority, environments, tuple(Waiting(f"{arn}-{n}", need) for n, need in enumerate(needs)))


def machine(name: str, vcpus: int, taken: int = 0, environment: str = "a") -> Place:
    return Place(name, environment, Size(vcpus, vcpus * 1900), Size(taken, taken), is_open=True)


def test_the_queue_of_higher_priority_goes_first_on_a_shared_machine() -> None:
    low, high = wait(Size(4, 100), arn="low"), wait(Size(4, 100), arn="high", priority=5)
    picture = Picture((low, high), (replace(ONE, may_launch=False),), (machine("i-1", 4),))
    assert decide(picture).placements == (Placement("high-0", "i-1"),)
    assert dict(decide(picture).heads) == {"low": "low-0"}


def test_a_head_that_fits_nowhere_blocks_its_queue_and_no_other() -> None:
    stuck, other = wait(Size(20, 100), Size(1, 100), arn="stuck", priority=5), wait(Size(1, 100), arn="other")
    decisions = decide(Picture((stuck, other), (ONE,), (machine("i-1", 4),)))
    assert decisions.placements == (Placement("other-0", "i-1"),)
    assert decisions.launches == ()
    assert dict(decisions.heads) == {"stuck": "stuck-0"}


def test_environments_are_tried_in_the_queues_order() -> None:
    line = wait(Size(4, 100), Size(4, 100), environments=("b", "a"))
    second = replace(ONE, arn="b")
    decisions = decide(Picture((line,), (ONE, second), (machine("i-a", 8), machine("i-b", 4, environment="b"))))
    assert [placement.machine for placement in decisions.placements] == ["i-b", "i-a"]
    decisions = decide(Picture((line,), (ONE, replace(second, most=4)), ()))
    assert decisions.launches == (Launch("a", "c5.4", 1), Launch("b", "c5.4", 1))


def test_gpus_are_counted_too() -> None:
    line = wait(Size(1, 100, 1), Size(1, 100, 1))
    place = Place("i-1", "a", Size(16, 30_000, 1), is_open=True)
    decisions = decide(Picture((line,), (replace(ONE, types=()),), (place,)))
    assert decisions.placements == (Placement("q-0", "i-1"),)


def test_the_scheduler_does_not_look_at_each_machine_for_each_job(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = [0]
    ordinary = Size.fits

    def count(self: Size, room: Size) -> bool:
        looked[0] += 1
        return ordinary(self, room)

    monkeypatch.setattr(Size, "fits", count)
    jobs = tuple(Waiting(f"j-{n}", Size(1 + n % 3, 100 + n % 5)) for n in range(10_000))
    machines = tuple(machine(f"i-{n}", 16) for n in range(1_000))
    habitat = Habitat("a", "BEST_FIT_PROGRESSIVE", types=TYPES, present=16_000, most=100_000)
    decisions = decide(Picture((Line("q", 1, ("a",), jobs),), (habitat,), machines))
    assert len(decisions.placements) > 7_000
    assert looked[0] < 100_000
