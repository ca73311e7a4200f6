"""Idle machines go after a while, never below minvCpus; a scale-down delay counts from a machine's last job."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.batch.placing.surplus import Idle, Surplus, find_surplus

machines = st.lists(
    st.builds(
        Idle,
        st.integers().map(str),
        st.integers(1, 16),
        st.none() | st.floats(0, 100),
        has_run=st.booleans(),
        is_replaced=st.booleans(),
        is_needed=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda machine: machine.id,
)


@settings(deadline=None)
@given(machines, st.integers(0, 60), st.floats(0, 2000), st.sampled_from([0.0, 1200.0]))
def test_never_below_the_floor_nor_a_machine_with_a_job(all_: list[Idle], floor: int, now: float, kept: float) -> None:
    ended = find_surplus(all_, floor, now, 50.0, kept).ended
    by_id = {machine.id: machine for machine in all_}
    assert all(by_id[name].since is not None for name in ended)
    lasting = sum(machine.vcpus for machine in all_ if not machine.is_replaced)
    left = sum(machine.vcpus for machine in all_ if not machine.is_replaced and machine.id not in ended)
    assert left >= min(floor, lasting)
    assert not any(by_id[name].is_needed and not by_id[name].is_replaced for name in ended)


def test_an_idle_machine_goes_when_its_time_is_up() -> None:
    machine = Idle("i-1", 8, 100.0)
    assert find_surplus([machine], 0, 149.0, 50.0, 0.0) == Surplus((), 150.0)
    assert find_surplus([machine], 0, 150.0, 50.0, 0.0) == Surplus(("i-1",), None)


def test_minvcpus_keeps_machines() -> None:
    both = [Idle("i-1", 8, 10.0), Idle("i-2", 8, 0.0)]
    assert find_surplus(both, 4, 1000.0, 50.0, 0.0) == Surplus(("i-2",), None)


def test_the_delay_is_for_machines_that_have_had_a_job() -> None:
    both = [Idle("new", 8, 0.0), Idle("used", 8, 0.0, has_run=True)]
    assert find_surplus(both, 0, 60.0, 50.0, 1200.0) == Surplus(("new",), 1200.0)
    assert find_surplus(both, 0, 1200.0, 50.0, 1200.0).ended == ("new", "used")


def test_a_machine_that_is_replaced_goes_at_once_when_it_is_idle() -> None:
    busy, idle = Idle("busy", 8, None, is_replaced=True), Idle("idle", 8, 99.0, has_run=True, is_replaced=True)
    assert find_surplus([busy, idle], 16, 100.0, 50.0, 1200.0) == Surplus(("idle",), None)
