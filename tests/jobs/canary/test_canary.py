"""The canary against the offline AWS; what its containers would do is played."""

import json
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from cloud.session import Cloud
from environments.spec import definitions
from jobs.canary import canary, script
from jobs.canary.verdict import Result
from jobs.commands import canary as command
from jobs.looks import living
from kiln import journal
from kiln.errors import Exit, Interrupted, UserError
from kiln.screen import Screen
from kiln.undo import Undo
from sandbox.inprocess import Sandbox
from tests.support.environments import define, orders
from tests.support.kill import QUESTIONS, Killed, before_call
from tests.support.played import Part, Played
from tests.support.typed import keys as keys_of

DOCUMENTS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parents[2] / "cli" / "documents.yaml").read_text())
BUCKET = "small-123456789012-us-east-1"
WELL = (
    "kiln-canary kernel info 6.1.0", "kiln-canary driver info overlay overlay", "kiln-canary python info none",
    "kiln-canary free info 89128960", "kiln-canary mount ok ", "kiln-canary version ok aws-cli/2.31.0 Python/3.13",
    "kiln-canary identity ok arn:aws:sts::123456789012:assumed-role/small-job-role/0a",
    "kiln-canary download ok ", "kiln-canary upload ok ", "kiln-canary tag ok ", "kiln-canary delete ok ",
    "kiln-canary scratch ok 11 GiB in 90 s", "kiln-canary end info 0",
)  # fmt: skip


def with_lines(**changes: str) -> tuple[str, ...]:
    """WELL with other lines in the place of those named so."""
    lines = {line.split()[1]: line for line in WELL}
    return tuple((lines | {name: f"kiln-canary {name} {words}" for name, words in changes.items()}).values())


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def well(sandbox: Sandbox, played: Played, small: str) -> Played:
    """Every container does what it should: it puts its input there as its output."""
    Path(small).write_text(Path(small).read_text() + "canary: {time_limit: 5 min}\n")
    played.ordinary = Part(lines=WELL, on_end=lambda job: put_output(sandbox))
    return played


def put_output(sandbox: Sandbox, content: bytes | None = None) -> None:
    s3 = sandbox.client("s3")
    for key in keys(sandbox):
        if key.endswith(script.SCRIPT):
            folder = key.removesuffix(script.SCRIPT)
            source = s3.get_object(Bucket=BUCKET, Key=f"{folder.rstrip('/').rpartition('/')[0]}/input.bin")
            s3.put_object(Bucket=BUCKET, Key=f"{folder}output.bin", Body=content or source["Body"].read())


def keys(sandbox: Sandbox) -> list[str]:
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET)
    return [held["Key"] for held in listed.get("Contents", ())]


def left(sandbox: Sandbox) -> dict[str, list[str]]:
    """Whatever a canary made that is still there."""
    batch = sandbox.client("batch")
    revisions = batch.describe_job_definitions(jobDefinitionName="kiln-canary-small", status="ACTIVE")["jobDefinitions"]
    states = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
    jobs = [job["jobName"] for queue in orders(sandbox) for state in states
            for job in batch.list_jobs(jobQueue=queue, jobStatus=state)["jobSummaryList"]]  # fmt: skip
    found = {
        "files": keys(sandbox),
        "definitions": [revision["jobDefinitionArn"] for revision in revisions],
        "jobs": jobs,
    }
    return {kind: names for kind, names in found.items() if names}


def sing(small: str, **options: Any) -> Result:
    return canary.sing(Cloud(), definitions.load(small), Screen(quiet=True), **options)


def failed(result: Result) -> dict[str, tuple[str, str]]:
    return {verdict.name: (verdict.what, verdict.fix) for verdict in result.all if verdict.state != "ok"}


def test_all_is_well(sandbox: Sandbox, well: Played, small: str) -> None:
    result = sing(small)
    assert failed(result) == {}
    assert result.passed
    assert set(result.verdicts) == {"small-low", "small-high"}
    names = [verdict.name for verdict in result.verdicts["small-low"]]
    assert names == ["start", "log", "cli", "credentials", "download", "upload", "tag", "delete", "scratch", "machine"]
    what = {verdict.name: verdict.what for verdict in result.verdicts["small-low"]}
    assert what["start"].startswith(
        "RUNNING 20.0 s after it was submitted, on i-0123456789abcdef0, c5.2xlarge, us-east-1b"
    )
    assert what["cli"] == "aws-cli/2.31.0, read-only at /home/ec2-user/miniconda; the image has no Python of its own"
    assert what["machine"] == (
        "15434 MiB and 8 vCPUs registered with ECS, agent 1.105.1, Docker 25.0.8, kernel 6.1.0, overlay2, "
        "85.0 GiB free at /tmp"
    )
    assert left(sandbox) == {}
    assert list(living.find_folder().glob("*/*")) == []


def test_the_jobs_are_such_as_nextflow_sends(sandbox: Sandbox, well: Played, small: str) -> None:
    seen: list[dict[str, Any]] = []
    well.ordinary.on_end = seen.append
    sing(small, queue="small-low", scratch=2)
    [job] = seen
    container = job["container"]
    assert container["image"].startswith("public.ecr.aws/docker/library/debian@sha256:")
    assert container["volumes"] == [{"name": "aws-cli", "host": {"sourcePath": "/home/ec2-user/miniconda"}}]
    [mount] = container["mountPoints"]
    assert (mount["containerPath"], mount["readOnly"]) == ("/home/ec2-user/miniconda", True)
    assert container["jobRoleArn"] == "arn:aws:iam::123456789012:role/small-job-role"
    assert container["command"][:4] == ["bash", "-o", "pipefail", "-c"]
    assert job["timeout"] == {"attemptDurationSeconds": 300}


@pytest.mark.parametrize(
    ("part", "name", "what", "fix"),
    [
        (Part(exit_code=None, reason="Task failed to start", ends=30,
              container_reason="CannotPullImageManifestError: Error response from daemon: Get https://x: denied"),
         "image", "the registry does not let its machine have the image", "may pull it"),
        (Part(exit_code=None, reason="Host EC2 (instance i-0123456789abcdef0) terminated.", ends=30),
         "start", "its machine was taken away", "On-Demand"),
        (Part(starts=None), "start", "it has not started within 5 min 0 s", "doctor --env small"),
        (Part(starts=None, waiting_reason="MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement"),
         "start", "it asks for more vCPUs, memory or GPUs than an allowed instance type can give", "Ask for less"),
        (Part(exit_code=127, lines=("bash: line 1: /home/ec2-user/miniconda/bin/aws: No such file or directory",)),
         "cli", "the machine has no AWS CLI at /home/ec2-user/miniconda", "aws_cli"),
        (Part(exit_code=1, lines=("fatal error: An error occurred (403) when calling HeadObject: Forbidden",)),
         "download", f"tasks may not read s3://{BUCKET}", "register-env --env small"),
        (Part(exit_code=1, lines=with_lines(scratch="failed after 9 GiB: No space left on device", end="info 1")),
         "scratch", "a file of 11 GiB could not be written to /tmp", "docker_storage"),
        (Part(lines=with_lines(mount="failed /home/ec2-user/miniconda can be written to")), "cli",
         "/home/ec2-user/miniconda is not mounted as it should be", "aws_cli"),
        (Part(lines=with_lines(identity="ok arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-0")),
         "credentials", "tasks run as ecsInstanceRole, not as small-job-role", "task_credentials"),
        (Part(lines=with_lines(tag="failed AccessDenied")), "tag", "tasks may not tag files", "register-env"),
        (Part(starts=1, ends=None, lines=("kiln-canary progress info 3 of 11 GiB written",)), "end",
         "it was not over within 5 min 0 s", "time_limit"),
        (Part(exit_code=137, container_reason="OutOfMemoryError: Container killed due to memory usage",
              lines=("kiln-canary kernel info 6.1.0",)), "end", "it ended before its script was", "more memory"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_line_with_its_fix_and_nothing_is_left(
    sandbox: Sandbox, well: Played, small: str, part: Part, name: str, what: str, fix: str
) -> None:
    part.on_end = lambda job: put_output(sandbox)
    well.parts["small-low"] = part
    result = sing(small, queue="small-low")
    assert not result.passed
    wrong = failed(result)
    assert name in wrong, wrong
    assert what in wrong[name][0]
    assert fix in wrong[name][1]
    assert left(sandbox) == {}


def test_other_bytes_in_the_bucket_than_the_job_had(sandbox: Sandbox, well: Played, small: str) -> None:
    well.ordinary.on_end = lambda job: put_output(sandbox, b"other")
    wrong = failed(sing(small, queue="small-low"))
    assert "is not there as it was" in wrong["upload"][0]


def test_a_job_that_waits_for_a_person_is_not_waited_for(sandbox: Sandbox, well: Played, small: str) -> None:
    well.parts["small-low"] = Part(starts=None, waiting_reason="ACTION_REQUIRED - CE(s) associated … are invalid.")
    assert sing(small, queue="small-low").seconds < 200


def test_a_queue_that_takes_no_job_is_a_line(sandbox: Sandbox, well: Played, small: str) -> None:
    sandbox.client("batch").update_job_queue(jobQueue="small-low", state="DISABLED")
    sandbox.clock.advance(60)
    result = sing(small)
    assert failed(result)["start"][0] == "AWS Batch did not take the job"
    assert [verdict.state for verdict in result.verdicts["small-high"]] == ["ok"] * 10
    assert left(sandbox) == {}


def test_without_its_log_the_copy_in_the_bucket_is_read(sandbox: Sandbox, well: Played, small: str) -> None:
    def put_log(job: dict[str, Any]) -> None:
        put_output(sandbox)
        [key] = [key for key in keys(sandbox) if key.endswith(script.SCRIPT)]
        body = "\n".join(WELL).encode()
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=key.replace(script.SCRIPT, script.LOG), Body=body)

    well.ordinary = Part(on_end=put_log)
    wrong = failed(sing(small, queue="small-low"))
    assert set(wrong) == {"log"}
    assert "logs:PutLogEvents" in wrong["log"][1]


def interrupted() -> None:
    raise Interrupted("SIGINT")


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_ctrl_c_leaves_nothing(
    sandbox: Sandbox, well: Played, small: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the nth look at its jobs."""
    looks: list[int] = []
    describe = well.describe_jobs

    def count(ids: list[str]) -> dict[str, Any]:
        looks.append(1)
        if len(looks) == number:
            interrupted()
        return describe(ids)

    monkeypatch.setattr(well, "describe_jobs", count)
    with pytest.raises(Interrupted):
        sing(small)
    assert left(sandbox) == {}


def test_killed_before_every_call_the_next_run_removes_all(
    sandbox: Sandbox, well: Played, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the nth change, so behind the one before, in its own undo too; no further undo of it runs."""
    monkeypatch.setattr(journal, "_is_running", lambda pid, since: False)
    leave, tried = Undo.__exit__, 0

    def gone(self: Undo, kind: Any, error: Any, trace: Any) -> None:
        if kind is not Killed:
            leave(self, kind, error, trace)

    for number in range(1, 40):
        with monkeypatch.context() as patch, before_call(number, patch) as calls:
            patch.setattr(Undo, "__exit__", gone)
            patch.setattr(living, "rmtree", lambda *_, **__: None)
            with suppress(Killed):
                sing(small)
        if len(calls) < number:
            break
        tried += 1
        again = sing(small)
        assert again.passed, (number, failed(again))
        assert left(sandbox) == {}, (number, calls[-1])
    print(f"{tried} kill points")
    assert tried >= 8


def test_another_canary_that_goes_on_is_left_alone(sandbox: Sandbox, well: Played, small: str) -> None:
    """A whole second run in the midst of the first; the first's are there afterwards, and the second's are gone."""
    inner: list[Result] = []
    between: list[dict[str, list[str]]] = []

    def second(job: dict[str, Any]) -> None:
        put_output(sandbox)
        if not inner:
            inner.append(Result("", "", "", {}, {}, None, (), 0.0))  # type: ignore[arg-type]
            inner.append(sing(small))
            between.append(left(sandbox))

    well.ordinary.on_end = second
    first = sing(small)
    assert first.passed
    assert inner[1].passed
    assert inner[1].swept == ()
    assert len(between[0]["definitions"]) == 1
    assert between[0]["files"]
    assert left(sandbox) == {}


@pytest.mark.parametrize(
    ("changed", "queue", "what"),
    [
        (None, "other", "there is no queue other in the environment small"),
        (("buckets: {work: {}}", ""), "", "small has no bucket"),
        (
            ("image: nextflow-al2023\n", "image: nosuch\n"),
            "",
            "where the machines of small have the AWS CLI is not known",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_before_anything_is_made(
    sandbox: Sandbox,
    well: Played,
    small: str,
    changed: tuple[str, str] | None,
    queue: str,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("environments.plan.aws_cli.templates.definition", lambda spec: SimpleNamespace(aws_cli=None))
    if changed:
        Path(small).write_text(Path(small).read_text().replace(*changed))
    sandbox.calls.clear()
    with pytest.raises(UserError) as told:
        sing(small, queue=queue)
    assert told.value.what == what
    assert told.value.hint
    changing = [call.action for call in sandbox.calls.all() if not call.action.startswith(QUESTIONS)]
    assert changing == []


def test_an_environment_that_is_not_registered(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no environment small in us-east-1"):
        sing(define(tmp_path))


def test_the_command_shows_a_line_for_every_check(
    sandbox: Sandbox, well: Played, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.canary(small, "", None, scratch=0, as_json=False) == Exit.DONE
    captured = capsys.readouterr()
    assert captured.out.count("  ✓ ") == 20
    assert "✓ removed" in captured.out
    assert captured.out.splitlines()[-1].startswith("✓ small runs jobs: 21 checks, 2 queues, ")
    assert "small-low: RUNNABLE" in captured.err
    assert "small-high: SUCCEEDED" in captured.err
    well.ordinary.lines = with_lines(scratch="failed after 9 GiB: No space left on device")
    assert command.canary(small, "small-low", None, scratch=0, as_json=True) == Exit.SOMETHING_TO_DO
    document = json.loads(capsys.readouterr().out)
    assert not document["passed"]
    assert document["queues"][0]["registered_mib"] == 15434
    assert keys_of(document | {"swept": ["ended a job"]}) == DOCUMENTS["canary"]


def test_a_size_that_is_none() -> None:
    with pytest.raises(UserError, match="--scratch-gib -1 is no size"):
        command.canary("small", "", None, scratch=-1, as_json=False)
