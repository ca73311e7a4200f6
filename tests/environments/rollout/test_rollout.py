"""A new AMI for an environment that is there: in place, or by another compute environment beside the old one."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from environments.kinds.batch import compute_request, jobs
from environments.kinds.batch.jobs import Job
from environments.rollout import blue_green
from environments.rollout.options import Options
from environments.screens.rollout import describe_decision
from kiln.errors import Interrupted, UserError
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support import running_jobs
from tests.support.images import MakeAmi

DAY = 86400.0


def test_in_place_says_why_and_never_leaves_the_timeout_to_aws(
    sandbox: Sandbox, tmp_path: Path, stock: str, make_ami: MakeAmi
) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    ami = make_ami("new")
    step = tools.steps(env, ami)["small-one"]
    assert step.action == "update"
    assert describe_decision(step.decision) == "in place: service-linked role, BEST_FIT_PROGRESSIVE"
    tools.register(env, ami)
    found = tools.compute(sandbox)["small-one"]
    assert (tools.ami_of(found), found["status"]) == (ami, "VALID")
    assert found["updatePolicy"] == {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 7200}
    assert found["computeResources"]["launchTemplate"]["version"].isdecimal()
    assert tools.steps(env, ami) == {}
    tools.register(env, "previous", Options(drain_minutes=60))
    found = tools.compute(sandbox)["small-one"]
    assert (tools.ami_of(found), found["updatePolicy"]["jobExecutionTimeoutMinutes"]) == (stock, 60)


def test_jobs_run_through_an_update_in_place_and_end_when_that_is_said(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi
) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    job = tools.run_job(sandbox, "small-low", "small-task")
    tools.register(env, make_ami("new"))
    sandbox.clock.advance(4 * DAY)
    assert tools.status_of(sandbox, job) == "RUNNING"
    tools.register(env, "previous", Options(terminate_jobs=True))
    assert tools.status_of(sandbox, job) == "FAILED"


def test_an_update_that_turns_invalid_goes_back_to_the_old_ami(
    sandbox: Sandbox, tmp_path: Path, stock: str, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    ami = make_ami("new")
    sent = compute_request.infrastructure

    def deregistered_meanwhile(*arguments: object) -> object:
        if ami in {image["ImageId"] for image in sandbox.client("ec2").describe_images(Owners=["self"])["Images"]}:
            sandbox.client("ec2").deregister_image(ImageId=ami)
        return sent(*arguments)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(compute_request, "infrastructure", deregistered_meanwhile)
    with pytest.raises(UserError, match="small-one is INVALID") as caught:
        tools.register(env, ami)
    assert "the AMI is gone" in caught.value.why
    assert stock in caught.value.left
    found = tools.compute(sandbox)["small-one"]
    assert (tools.ami_of(found), found["status"]) == (stock, "VALID")


@pytest.mark.parametrize(
    ("compute", "service", "why"),
    [
        (tools.BEST_FIT, "service-linked", "the strategy BEST_FIT cannot be updated in place"),
        (tools.IN_PLACE, "AWSBatchServiceRole", "its service role is not the service-linked one"),
    ],
)
def test_blue_green_where_aws_cannot_update_in_place(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi, compute: str, service: str, why: str
) -> None:
    env = tools.define(tmp_path, compute=compute, service=service)
    tools.register(env)
    job = tools.run_job(sandbox, "small-low", "small-task")
    ami = make_ami("new")
    step = tools.steps(env, ami)["small-one"]
    assert step.action == "replace"
    text = describe_decision(step.decision)
    assert text.startswith(f"blue/green: {why}")
    assert "replaces small-one in small-low (1st) and small-high (1st); 1 job finishes first" in text
    with pytest.raises(UserError, match="the end of the jobs in small-one did not happen"):
        tools.register(env, ami, Options(drain_minutes=1))
    old, new = sorted(tools.compute(sandbox))
    assert tools.orders(sandbox) == {"small-low": [new], "small-high": [new]}
    assert tools.status_of(sandbox, job) == "RUNNING"
    assert tools.compute(sandbox)[old]["state"] == "ENABLED"
    running_jobs.finish(sandbox, job)
    tools.register(env, ami)
    assert {name: tools.ami_of(each) for name, each in tools.compute(sandbox).items()} == {new: ami}
    assert tools.steps(env, ami) == {}
    tools.register(env, "previous")
    assert [tools.ami_of(each) for each in tools.compute(sandbox).values()] != [ami]
    assert set(tools.compute(sandbox)).isdisjoint({old, new})


def test_queues_and_compute_environments_are_listed_once_for_a_roll_out(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi
) -> None:
    """What follows asks for single ones by name, until AWS Batch has finished with them."""
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    cloud, listings = Cloud(), Counter[str]()

    def count(params: dict[str, Any], model: Any, **_: object) -> None:
        listings[model.name] += not params.keys() & {"jobQueues", "computeEnvironments", "jobDefinitions"}

    cloud.client("batch").meta.events.register("provide-client-params.batch", count)
    planned = tools.register(env, make_ami("new"), cloud=cloud)
    assert [step.action for step in planned.steps if step.something_to_do] == ["replace"]
    asked = ("DescribeJobQueues", "DescribeComputeEnvironments", "DescribeJobDefinitions")
    assert [listings[name] for name in asked] == [1, 1, 1]


def test_the_old_one_is_drained_of_its_own_jobs_alone_and_at_once_when_that_is_said(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi
) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    ami, job = make_ami("new"), tools.run_job(sandbox, "small-low", "small-task")
    with pytest.raises(UserError):
        tools.register(env, ami, Options(drain_minutes=1))
    other = tools.run_job(sandbox, "small-high", "small-task")  # on the successor: nobody waits for it
    tools.register(env, ami, Options(terminate_jobs=True))
    assert (tools.status_of(sandbox, job), tools.status_of(sandbox, other)) == ("FAILED", "RUNNING")
    assert [tools.ami_of(each) for each in tools.compute(sandbox).values()] == [ami]


def test_three_environments_in_a_queue_are_swapped_one_for_one(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi
) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    path = Path(env)
    text = path.read_text().replace("compute_environments: [small-one]", "compute_environments: [a, small-one, b]")
    path.write_text(text.replace("queues:", f"  a: {tools.BEST_FIT}\n  b: {tools.IN_PLACE}\nqueues:"))
    tools.register(env)
    tools.register(env, make_ami("new"))
    for order in tools.orders(sandbox).values():
        assert [name.split("-20")[0] for name in order] == ["a", "small-one", "b"]
        assert order[1] != "small-one"
        assert order[2] == "b"
    assert len(tools.compute(sandbox)) == 3


def test_a_successor_that_turns_invalid_is_deleted_and_the_old_one_serves_on(
    sandbox: Sandbox, tmp_path: Path, stock: str, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    ami, create = make_ami("new"), blue_green.create

    def deregistered_meanwhile(*arguments: object) -> str:
        sandbox.client("ec2").deregister_image(ImageId=ami)
        return create(*arguments)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(blue_green, "create", deregistered_meanwhile)
    with pytest.raises(UserError, match="is INVALID") as caught:
        tools.register(env, ami)
    assert "still serve" in caught.value.left
    assert {name: tools.ami_of(each) for name, each in tools.compute(sandbox).items()} == {"small-one": stock}
    assert set(map(tuple, tools.orders(sandbox).values())) == {("small-one",)}
    assert tools.steps(env) == {}


def test_a_swap_that_aws_refuses_half_way_is_taken_back(sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    ami = make_ami("new")
    sandbox.faults.add("UpdateJobQueue", "ClientException", after=1)
    with pytest.raises(Exception, match="ClientException"):
        tools.register(env, ami)
    assert list(tools.compute(sandbox)) == ["small-one"]
    assert set(map(tuple, tools.orders(sandbox).values())) == {("small-one",)}


def test_a_stranger_s_queue_is_never_touched(sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    order = [{"order": 1, "computeEnvironment": "small-one"}]
    sandbox.client("batch").create_job_queue(jobQueueName="theirs", priority=1, computeEnvironmentOrder=order)
    made, ami = sandbox.calls.count("CreateComputeEnvironment"), make_ami("new")
    with pytest.raises(UserError, match="small-one cannot be deleted") as caught:
        tools.register(env, ami)
    assert "theirs" in caught.value.why
    assert sandbox.calls.count("CreateComputeEnvironment") == made


def test_jobs_that_may_outlast_the_timeout_make_it_blue_green(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi
) -> None:
    env, day = tools.define(tmp_path), {"attemptDurationSeconds": 86400}
    tools.register(env)
    ami = make_ami("new")
    job = tools.run_job(sandbox, "small-low", "small-task", timeout=day)
    assert tools.steps(env, ami)["small-one"].action == "update"
    step = tools.steps(env, ami, Options(drain_minutes=60))["small-one"]
    assert step.action == "replace"
    assert f"1 job may run for longer than 60 minutes: {job} (fastqc, RUNNING)" in describe_decision(step.decision)
    assert tools.steps(env, ami, Options(60, terminate_jobs=True))["small-one"].action == "update"
    assert "less than --drain-timeout" in describe_decision(tools.steps(env, ami, Options(10000))["small-one"].decision)


def test_ctrl_c_while_jobs_are_waited_for_says_that_the_next_run_goes_on(
    sandbox: Sandbox, tmp_path: Path, make_ami: MakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    tools.register(env)
    ami, job = make_ami("new"), tools.run_job(sandbox, "small-low", "small-task")
    placed = jobs.placed

    def pressed(cloud: Cloud, queues: list[str]) -> list[Job]:
        if len(tools.compute(sandbox)) == 2:
            raise Interrupted("SIGINT")
        return placed(cloud, queues)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "placed", pressed)
        with pytest.raises(Interrupted) as caught:
            tools.register(env, ami)
    assert "the next invoke register-env --env small finishes it" in getattr(caught.value, "left", "")
    running_jobs.finish(sandbox, job)
    tools.register(env, ami)
    assert [tools.ami_of(each) for each in tools.compute(sandbox).values()] == [ami]
