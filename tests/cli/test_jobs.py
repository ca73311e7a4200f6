"""The tasks of jobs: what is typed reaches the command behind it."""

from tests.support.typed import Record, Typed


def test_list_jobs(typed: Typed, recorded: Record) -> None:
    listed = recorded("jobs.commands.list_jobs.list_jobs", 2)
    assert typed("list-jobs") == 2
    typed("list-jobs", "--env", "e", "--queue", "q", "--status", "failed", "--since", "2h", "--region", "r", "--json")
    assert listed.calls == [
        (("", "", "", "", None), {"as_json": False}),
        (("e", "q", "failed", "2h", "r"), {"as_json": True}),
    ]


def test_show_job(typed: Typed, recorded: Record) -> None:
    shown = recorded("jobs.commands.show_job.show_job")
    typed("show-job", "abc")
    typed("show-job", "abc", "--follow", "--region", "r", "--json")
    assert shown.calls == [
        (("abc", None), {"follow": False, "as_json": False}),
        (("abc", "r"), {"follow": True, "as_json": True}),
    ]


def test_canary(typed: Typed, recorded: Record) -> None:
    canary = recorded("jobs.commands.canary.canary", 2)
    assert typed("canary") == 2
    typed("canary", "--env", "e", "--queue", "q", "--scratch-gib", "2", "--region", "r", "--json")
    assert canary.calls == [
        (("genomics", "", None), {"scratch": 0, "as_json": False}),
        (("e", "q", "r"), {"scratch": 2, "as_json": True}),
    ]


def test_measure_memory(typed: Typed, recorded: Record) -> None:
    measured = recorded("jobs.commands.measure_memory.measure_memory")
    typed("measure-memory")
    typed("measure-memory", "--env", "e", "--types", "c5.2xlarge,c5.4xlarge", "--region", "r", "--json")
    assert measured.calls == [
        (("genomics", "", None), {"as_json": False}),
        (("e", "c5.2xlarge,c5.4xlarge", "r"), {"as_json": True}),
    ]
