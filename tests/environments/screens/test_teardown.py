"""What destroy-env prints, of values made by hand."""

from environments.kinds.batch.jobs import Job
from environments.model.resource import Existing
from environments.screens import teardown as show
from environments.teardown.destroy import Plan
from environments.teardown.steps import Step


def existing(name: str) -> Existing:
    return Existing("bucket", name, f"arn:{name}", {}, {})


STEPS = (
    Step("delete", existing("a")), Step("delete", existing("b")), Step("untag", existing("c"), "stays for other"),
    Step("keep", existing("d"), "it holds data"),
)  # fmt: skip
PLAN = Plan("small", "us-east-1", STEPS, (), ("ami-1",), ("ami-2", "ami-3", "ami-4"))


def test_every_resource_has_a_line_with_its_reason() -> None:
    text = show.render_plan(PLAN, "destroy-env --env small")
    lines = text.splitlines()
    assert lines[:5] == [
        "small in us-east-1", f"  -  {'bucket':<18} a", f"  -  {'bucket':<18} b",
        f"  ~  {'bucket':<18} c   stays for other", f"  =  {'bucket':<18} d   it holds data",
    ]  # fmt: skip
    assert [line.split()[:3] for line in lines[5:9]] == [
        ["-", "AMI", "ami-2"], ["-", "AMI", "ami-3"], ["-", "AMI", "ami-4"], ["=", "AMI", "ami-1"],
    ]  # fmt: skip
    assert "5 to delete, 1 to leave to others, 2 to keep." in lines[-1]
    assert "destroy-env --env small" in lines[-1]


def test_nothing_to_do_offers_nothing() -> None:
    kept = Plan("small", "us-east-1", STEPS[3:], (), (), ())
    assert not kept.something_to_do
    text = show.render_plan(kept, "destroy-env --env small")
    assert "0 to delete, 0 to leave to others, 1 to keep." in text
    assert "destroy-env" not in text


def test_no_more_than_ten_jobs_are_named() -> None:
    jobs = [Job(f"id-{n}", f"job-{n}", "RUNNING") for n in range(12)]
    assert show.render_jobs([]) == []
    ten = show.render_jobs(jobs[:10])
    assert len(ten) == 11
    assert "10 jobs" in ten[0]
    assert show.render_jobs(jobs)[-1].strip() == "and 2 more"
    assert len(show.render_jobs(jobs)) == 12


def test_the_end_says_what_went_and_what_stays() -> None:
    lines = show.render_destroyed(PLAN, "1 min", 42).splitlines()
    assert "5 deleted" in lines[0]
    assert "1 min, 42 AWS calls" in lines[0]
    assert lines[1:] == ["  kept    bucket d: it holds data", "  kept    AMI ami-1"]


def test_the_document_says_whether_it_was_done() -> None:
    assert show.make_document(PLAN, applied=False)["something_to_do"] is True
    done = show.make_document(PLAN, applied=True)
    assert (done["something_to_do"], done["applied"]) == (False, True)
    assert (done["amis_to_delete"], done["amis_kept"]) == (PLAN.doomed, PLAN.amis)
