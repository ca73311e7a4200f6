"""What a definition does not name any more: planned for deletion, gone with the next apply, and nothing else."""

import sys
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from environments.kinds.batch import deletion
from environments.plan.plan import Plan
from environments.plan.prepare import prepare
from environments.rollout.options import Options
from environments.spec import definitions
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support import running_jobs
from tests.support.environments import Register, Registered
from tests.support.images import MakeAmi
from tests.support.removal import elsewhere, is_narrow, make_group, narrowed, wide

GONE = {("job queue", "small-gone"), ("compute env", "small-two"), ("job definition", "small-done")}


def planned(env: str, ami: str = tools.STOCK, cloud: Cloud | None = None) -> Plan:
    return prepare(cloud or Cloud(), definitions.load(env), ami)


def going(found: Plan) -> set[tuple[str, str]]:
    return {(step.existing.kind, step.existing.name) for step in found.removals.steps}


def active(sandbox: Sandbox) -> list[str]:
    found = sandbox.client("batch").describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    return [each["jobDefinitionName"] for each in found]


def test_it_is_planned_and_deleted_and_then_nothing_is_left_to_do(
    sandbox: Sandbox, tmp_path: Path, register: Register, registered: Registered, capsys: pytest.CaptureFixture[str]
) -> None:
    env = narrowed(tmp_path)
    batch = sandbox.client("batch")
    [one] = batch.describe_job_definitions(jobDefinitionName="small-done")["jobDefinitions"]
    batch.register_job_definition(
        jobDefinitionName="small-done", type="container", tags=one["tags"],
        containerProperties={key: one["containerProperties"][key] for key in ("image", "resourceRequirements")},
    )  # fmt: skip
    told = registered(env, plan=True)
    assert told["code"] == Exit.SOMETHING_TO_DO
    gone = {(each["kind"], each["name"]): each for each in told["resources"] if each["action"] == "delete"}
    assert gone.keys() == GONE
    assert {each["why"] for each in gone.values()} == {"no longer in the definition"}
    register(env, plan=True)
    text = capsys.readouterr().out
    assert "  -  compute env          small-two   no longer in the definition\n" in text
    assert "0 to create, 1 to update, 0 to replace, 3 to delete." in text
    assert register(env) == Exit.DONE
    assert "1 of 13 resources changed, 3 deleted" in capsys.readouterr().out
    is_narrow(sandbox)
    assert active(sandbox) == ["small-task"]  # both revisions of the other are gone
    assert register(env) == Exit.DONE
    assert "is up to date" in capsys.readouterr().out
    cloud = Cloud()
    assert not planned(env, cloud=cloud).something_to_do
    assert sum(cloud.calls.values()) <= 30


def test_a_queue_that_holds_jobs_goes_only_when_that_is_said(
    sandbox: Sandbox, tmp_path: Path, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    env = narrowed(tmp_path)
    job = tools.run_job(sandbox, "small-gone", "small-task")
    before = tools.orders(sandbox)
    assert register(env, plan=True) == Exit.SOMETHING_TO_DO
    assert f"1 job would be ended:\n       {job} (fastqc, RUNNING)" in capsys.readouterr().out
    with pytest.raises(UserError, match="the queue small-gone cannot be deleted") as caught:
        register(env)
    assert f"but holds 1 job, {job} (fastqc, RUNNING) first" in caught.value.why
    assert "--terminate-jobs" in caught.value.hint
    assert (tools.orders(sandbox), tools.status_of(sandbox, job)) == (before, "RUNNING")
    assert register(env, options=Options(terminate_jobs=True)) == Exit.DONE
    assert tools.status_of(sandbox, job) == "FAILED"
    is_narrow(sandbox)


@pytest.mark.parametrize("answers", [["yes", "no"], ["yes", "yes"]])
def test_a_person_is_asked_for_the_jobs_by_themselves(
    sandbox: Sandbox, tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    env = narrowed(tmp_path)
    job = tools.run_job(sandbox, "small-gone", "small-task")
    said = iter(answers)
    monkeypatch.setattr(sys, "stdin", Terminal(said))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    agreed = answers[-1] == "yes"
    assert register(env, yes=False) == (Exit.DONE if agreed else Exit.SOMETHING_TO_DO)
    assert list(said) == []
    assert tools.status_of(sandbox, job) == ("FAILED" if agreed else "RUNNING")
    assert ("small-gone" in tools.orders(sandbox)) is not agreed


class Terminal:
    """Somebody at a keyboard, who answers so."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return f"{next(self._answers)}\n"


def test_a_job_that_came_since_the_plan_was_made_is_not_ended(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env, close, came = narrowed(tmp_path), deletion.close_queue, []

    def busy(cloud: Cloud, name: str) -> None:
        came.append(tools.run_job(sandbox, name, "small-task"))
        close(cloud, name)

    with monkeypatch.context() as patch:
        patch.setattr(deletion, "close_queue", busy)
        with pytest.raises(UserError, match="the queue small-gone cannot be deleted") as caught:
            tools.register(env)
    assert "no new jobs" in caught.value.left
    assert tools.status_of(sandbox, came[0]) == "RUNNING"
    running_jobs.finish(sandbox, came[0])
    tools.register(env)
    is_narrow(sandbox)


def test_a_compute_environment_is_drained_first(sandbox: Sandbox, tmp_path: Path) -> None:
    env = narrowed(tmp_path)
    job = tools.run_job(sandbox, "small-low", "small-task")
    [step] = [each for each in planned(env).removals.steps if each.existing.name == "small-two"]
    assert step.why == "no longer in the definition; 1 job finishes first"
    with pytest.raises(UserError, match="the end of the jobs in small-two did not happen"):
        tools.register(env, options=Options(drain_minutes=1))
    assert tools.status_of(sandbox, job) == "RUNNING"
    assert going(planned(env)) == {("compute env", "small-two"), ("job definition", "small-done")}
    other = tools.run_job(sandbox, "small-high", "small-task")  # on what stays: nobody waits for it
    tools.register(env, options=Options(terminate_jobs=True))
    assert (tools.status_of(sandbox, job), tools.status_of(sandbox, other)) == ("FAILED", "RUNNING")
    is_narrow(sandbox)


def test_what_another_environment_uses_only_loses_the_tag(sandbox: Sandbox, tmp_path: Path) -> None:
    env, batch = narrowed(tmp_path), sandbox.client("batch")
    arns = {step.existing.name: step.existing.id for step in planned(env).removals.steps}
    batch.tag_resource(resourceArn=arns["small-gone"], tags={"kiln:env:other": "now"})
    with pytest.raises(UserError, match="the compute environment small-two cannot be deleted") as caught:
        planned(env)
    assert "small-gone" in caught.value.why
    for name in ("small-two", "small-done"):
        batch.tag_resource(resourceArn=arns[name], tags={"kiln:env:other": "now"})
    found = planned(env)
    assert {(step.existing.name, step.action) for step in found.removals.steps} == {(name, "untag") for name in arns}
    assert found.removals.steps[0].why == "no longer in the definition; stays for other"
    tools.register(env)
    for arn in arns.values():
        tags = batch.list_tags_for_resource(resourceArn=arn)["tags"]
        assert ("kiln:env:small" in tags, "kiln:env:other" in tags) == (False, True)
    assert tools.orders(sandbox)["small-gone"] == ["small-two"]
    assert {each["state"] for each in tools.compute(sandbox).values()} == {"ENABLED"}
    assert not planned(env).something_to_do


def test_a_stranger_s_queue_keeps_it(sandbox: Sandbox, tmp_path: Path) -> None:
    env = narrowed(tmp_path)
    order = [{"order": 1, "computeEnvironment": "small-two"}]
    sandbox.client("batch").create_job_queue(jobQueueName="theirs", priority=1, computeEnvironmentOrder=order)
    with pytest.raises(UserError, match="the compute environment small-two cannot be deleted") as caught:
        tools.register(env)
    assert "theirs" in caught.value.why
    assert set(tools.orders(sandbox)) == {"theirs", "small-low", "small-high", "small-gone"}


def test_a_roll_out_half_way_is_told_from_it(sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi) -> None:
    """Of what stays, the old one is a left-over; of what goes, the old and the new one go, in a roll-out as well."""
    env = wide(tmp_path, tools.BEST_FIT)
    tools.register(env)
    job = tools.run_job(sandbox, "small-low", "small-task")
    ami = make_ami("new")
    with pytest.raises(UserError, match="the end of the jobs in small-two"):
        tools.register(env, ami, Options(drain_minutes=1))
    names = set(tools.compute(sandbox))
    twos = {("compute env", name) for name in names if name.startswith("small-two")}
    assert len(twos) == 2
    assert going(planned(env, ami)) == set()
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    assert going(planned(env, ami)) == twos | GONE
    last = make_ami("last")
    found = planned(env, last)
    assert (going(found), [step.action for step in found.steps if step.key == ("compute env", "small-one")]) == (
        twos | GONE, ["replace"],
    )  # fmt: skip
    running_jobs.finish(sandbox, job)
    tools.register(env, last)
    [(name, one)] = tools.compute(sandbox).items()
    assert (name.startswith("small-one-"), tools.ami_of(one), one["status"]) == (True, last, "VALID")
    assert not planned(env, last).something_to_do


def test_the_template_and_the_group_go_too_and_a_bucket_never(sandbox: Sandbox, tmp_path: Path) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    make_group(sandbox, "ours")
    elsewhere(env)
    path = Path(env)
    path.write_text(path.read_text().replace("buckets: {work: {}}\n", ""))
    assert going(planned(env)) == {("launch template", "nextflow-al2023"), ("security group", "small-batch")}
    tools.register(env)
    left = tools.left(sandbox)
    assert (left["templates"], left["groups"]) == (["genomics-workflow-template"], ["ours"])
    assert len(left["buckets"]) == 1
    assert not planned(env).something_to_do


def test_a_template_that_others_use_stays_and_that_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    ours = tools.compute(sandbox)["small-one"]["computeResources"]
    sandbox.client("batch").create_compute_environment(
        computeEnvironmentName="theirs", type="MANAGED",
        computeResources={key: ours[key] for key in ("type", "maxvCpus", "minvCpus", "instanceTypes", "subnets",
                                                     "securityGroupIds", "instanceRole", "launchTemplate")},
    )  # fmt: skip
    path = Path(env)
    path.write_text(path.read_text().replace("template: nextflow-al2023", "template: genomics-workflow-template"))
    found = planned(env)
    assert found.removals.steps == ()
    assert any("nextflow-al2023 stays" in note and "theirs" in note for note in found.notes)
    tools.register(env)
    assert not planned(env).something_to_do


def test_jobs_are_looked_for_only_where_something_goes(sandbox: Sandbox, tmp_path: Path) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    cloud = Cloud()
    assert not planned(env, cloud=cloud).something_to_do
    assert (cloud.calls["ListJobs"], cloud.calls["DescribeJobQueues"]) == (0, 1)
