"""The 2019 guide's own case, and what differs from it."""

from nextflow.sizing.asks import choose
from nextflow.sizing.costs import count_together, price_alone, price_packed
from nextflow.sizing.machines import Machine, Need, choose_pair, find_need, list_too_large
from nextflow.sizing.usage import sum_up
from nextflow.traces.task import Attempt

GIB = 1 << 30
C5 = [
    Machine("c5.large", 2, 3714, True, 0.085), Machine("c5.xlarge", 4, 7634, True, 0.17),
    Machine("c5.2xlarge", 8, 15434, True, 0.34), Machine("c5.4xlarge", 16, 31152, True, 0.68),
]  # fmt: skip


def salmon(number: int = 30, peak: float = 8 * GIB) -> list[Attempt]:
    """Return tasks of 6 threads, 8 GB and 2:30 min."""
    return [
        Attempt("SALMON", f"s{n}", "COMPLETED", 0, 1, str(n), 12, 8 * GIB, cpu=597.0, peak_memory=int(peak),
                realtime=150.0)
        for n in range(number)
    ]  # fmt: skip


def test_the_guide_of_2019_comes_out() -> None:
    (usage,) = sum_up(salmon())
    ask = choose(usage, 95)
    assert (ask.cpus, ask.time) == (6, 300)
    pair = choose_pair(find_need([ask]), C5)
    assert pair is not None
    assert pair.excess is not None
    assert (pair.workload.name, pair.excess.name, pair.count_machines(100)) == ("c5.2xlarge", "c5.4xlarge", 12)


def test_small_tasks_are_cheaper_together() -> None:
    usages = sum_up(
        Attempt("SMALL", str(n), "COMPLETED", 0, cpu=90.0, peak_memory=GIB, realtime=3600.0) for n in range(40)
    )
    asks = [choose(usage, 95) for usage in usages]
    pair = choose_pair(find_need(asks), C5)
    assert pair is not None
    alone, packed = price_alone(usages, asks, pair), price_packed(usages, asks, C5, pair, 100)
    assert packed is not None
    assert packed.on_demand is not None
    assert alone.on_demand is not None
    assert packed.on_demand < alone.on_demand


def test_a_process_larger_than_any_type_is_named() -> None:
    asks = [choose(usage, 95) for usage in sum_up(salmon(peak=40 * GIB))]
    assert choose_pair(find_need(asks), C5) is None
    assert [ask.process for ask in list_too_large(asks, C5)] == ["SALMON"]


def test_the_excess_type_has_twice_as_much_or_what_the_largest_task_needs() -> None:
    need = find_need([choose(usage, 95) for usage in sum_up(salmon())])
    larger = [*C5, Machine("c5.9xlarge", 36, 70351, True, 1.53), Machine("m5.2xlarge", 8, 31377, True, 0.384)]
    for most, name in ((0, "c5.4xlarge"), (31152, "c5.4xlarge"), (31153, "c5.9xlarge"), (99999, "c5.9xlarge")):
        pair = choose_pair(need, larger, most)
        assert pair is not None
        assert pair.excess is not None
        assert pair.excess.name == name
    alone = choose_pair(need, C5[:3])
    assert alone is not None
    assert alone.excess is None


def test_so_many_tasks_go_to_a_machine_and_no_more() -> None:
    usages = sum_up(Attempt("S", str(n), "COMPLETED", 0, cpu=90.0, peak_memory=1, realtime=60.0) for n in range(40))
    asks = [choose(usage, 95) for usage in usages]
    huge = Machine("c5.24xlarge", 96, 190000, False, 4.08)
    assert count_together(huge, usages, asks) == [16]
    pair = choose_pair(find_need(asks), C5)
    assert pair is not None
    packed = price_packed(usages, asks, [huge], pair, 96)
    assert packed is not None
    assert packed.tasks == 16
    assert price_packed(usages, asks, [huge], pair, 95) is None


def test_a_type_with_half_as_much_again_is_no_excess_type() -> None:
    sizes = ((32, 128000, 1.536), (48, 190000, 2.304), (64, 255000, 3.072))
    machines = [Machine(f"m5.{vcpus // 4}xlarge", vcpus, memory, False, price) for vcpus, memory, price in sizes]
    pair = choose_pair(Need(30, 100000), machines)
    assert pair is not None
    assert pair.excess is not None
    assert (pair.workload.name, pair.excess.name) == ("m5.8xlarge", "m5.16xlarge")


def test_no_more_tasks_share_a_machine_than_a_run_has() -> None:
    usages = sum_up(
        Attempt(name, str(n), "COMPLETED", 0, cpu=90.0, peak_memory=GIB, realtime=3600.0)
        for name, number in (("ONE", 1), ("THREE", 3), ("MANY", 40)) for n in range(number)
    )  # fmt: skip
    asks = [choose(usage, 95) for usage in usages]
    huge = Machine("c5.24xlarge", 96, 190000, False, 4.08)
    assert count_together(huge, usages, asks) == [1, 3, 16]
    assert count_together(huge, usages, asks, runs=2) == [1, 2, 16]
    one = usages[:1], asks[:1]
    pair = choose_pair(find_need(one[1]), C5)
    assert pair is not None
    packed = price_packed(*one, C5, pair, 100)
    assert packed is not None
    assert packed.on_demand == price_alone(*one, pair).on_demand
