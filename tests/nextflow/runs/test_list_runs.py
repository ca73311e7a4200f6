"""`invoke list-runs`, and the jobs whose heads are over or gone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from cloud.session import Cloud
from jobs.looks import listing
from jobs.model.listed import UNFINISHED
from kiln.errors import Exit, UserError
from nextflow.runs.commands import list_runs as command
from nextflow.runs.commands.show_run import show_run
from sandbox.inprocess import Sandbox
from tests.support import environments
from tests.support.agents import AgentDouble
from tests.support.runs import BUCKET, DOCUMENTS, start, submit_task
from tests.support.typed import keys


def listed(capsys: pytest.CaptureFixture[str], env: str, code: int = 0, **options: Any) -> dict[str, Any]:
    capsys.readouterr()
    given = {"orphans_alone": False, "terminate": False, "as_json": True} | options
    assert command.list_runs(env, None, **given) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def list_orphans(capsys: pytest.CaptureFixture[str], env: str, code: int = 0, **options: Any) -> list[str]:
    document = listed(capsys, env, code, orphans_alone=True, **options)
    assert keys(document) == DOCUMENTS["list-runs --orphans"] or not document["orphans"]
    return [orphan["job"] for orphan in document["orphans"]]


def status(sandbox: Sandbox, job: str) -> str:
    return str(sandbox.client("batch").describe_jobs(jobs=[job])["jobs"][0]["status"])


def test_runs_with_their_heads(sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = start(sandbox, project, lab)
    start(sandbox, "me/salmon-nf", lab, name="second", revision="v1")
    sandbox.client("batch").terminate_job(jobId=first["jobs"][0], reason="enough")
    document = listed(capsys, lab)
    assert keys(document) == DOCUMENTS["list-runs"]
    runs = {run["name"]: run for run in document["runs"]}
    assert set(runs) == {"first", "second"}
    assert runs["first"]["status"] == "FAILED"
    assert runs["second"]["status"] in UNFINISHED
    assert runs["second"]["pipeline"] == "me/salmon-nf"
    now = datetime.fromtimestamp(sandbox.clock.now() + 300, UTC)
    command.list_runs(lab, None, orphans_alone=False, terminate=False, as_json=False, now=now)
    shown = capsys.readouterr().out
    assert "me/salmon-nf v1" in shown
    assert "2 runs in lab" in shown
    assert " min old" in shown


def test_the_login_of_a_repositorys_address_is_printed_nowhere(
    sandbox: Sandbox, lab: str, capsys: pytest.CaptureFixture[str]
) -> None:
    start(sandbox, "https://me:hunter2@git.example.org/x.git", lab)
    (run,) = listed(capsys, lab)["runs"]
    assert run["pipeline"] == "https://•••@git.example.org/x.git"
    for as_json in (False, True):
        command.list_runs(lab, None, orphans_alone=False, terminate=False, as_json=as_json)
        show_run("first", lab, None, as_json=as_json)
    assert "hunter2" not in "".join(capsys.readouterr())


def test_no_runs(sandbox: Sandbox, lab: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys, lab)["runs"] == []
    assert list_orphans(capsys, lab) == []
    command.list_runs(lab, None, orphans_alone=False, terminate=False, as_json=False)
    assert capsys.readouterr().out.startswith("no runs in lab")


def test_a_folder_with_a_broken_record_hides_no_other_run(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(sandbox, project, lab)
    whole = {"name": "x", "id": "i", "environment": "lab", "pipeline": "p"}
    odd: list[dict[str, Any]] = [
        {"jobs": [{}]},
        {"jobs": [1]},
        {"jobs": "abc"},
        {"arguments": [1]},
        {"id": ""},
        {"work": {}},
    ]
    bodies = {f"odd{number}": json.dumps(whole | more).encode() for number, more in enumerate(odd)} | {
        "broken": b"{", "list": b"[]", "numbers": b'{"name": 1, "id": 2, "environment": 3}', "deep": b"[" * 100_000,
    }  # fmt: skip
    for name, body in bodies.items():
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=f"_nextflow/heads/{name}/run.json", Body=body)
        with pytest.raises(UserError, match=f"heads/{name}/run.json is no record of a run") as refused:
            show_run(name, lab, None, as_json=False)
        assert refused.value.why
        assert f"aws s3 rm s3://{BUCKET}/_nextflow/heads/{name}/run.json" in refused.value.hint
    assert [run["name"] for run in listed(capsys, lab)["runs"]] == ["first"]
    command.list_runs(lab, None, orphans_alone=False, terminate=False, as_json=False)
    assert "! 10 runs without a usable run.json: broken, deep, list, numbers, odd0 …" in capsys.readouterr().out


def test_a_record_of_a_newer_kiln_and_one_that_was_copied_by_hand(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = start(sandbox, project, lab) | {"newer": {"a": 1}, "revision": None}
    key = "_nextflow/heads/second/run.json"
    sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record).encode())
    assert {run["name"] for run in listed(capsys, lab)["runs"]} == {"first", "second"}
    assert show_run("second", lab, None, as_json=False) == 0
    assert capsys.readouterr().out.startswith("second in lab")


@pytest.mark.parametrize("body", [b"{", None])
def test_tasks_of_a_head_that_renews_its_lock_are_no_orphans_where_its_record_is_lost(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str], body: bytes | None
) -> None:
    record, s3 = start(sandbox, project, lab), sandbox.client("s3")
    submit_task(sandbox, record["id"])
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="its head is elsewhere now")
    key, lock = "_nextflow/heads/first/run.json", {"state": "held", "job": "", "session": record["id"]}
    s3.put_object(Bucket=BUCKET, Key="_nextflow/heads/first/lock.json", Body=json.dumps(lock).encode())
    if body is None:
        s3.delete_object(Bucket=BUCKET, Key=key)
    else:
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    assert list_orphans(capsys, lab) == []
    age(sandbox, 600)
    document = listed(capsys, lab, Exit.SOMETHING_TO_DO, orphans_alone=True)
    assert [orphan["run"] for orphan in document["orphans"]] == ["first"]


def test_orphans_are_ended_and_no_other_jobs(
    sandbox: Sandbox, lab: str, project: Path, agents: AgentDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a run whose head was killed, and of a run that nobody knows; not of one that lives, nor of other programs."""
    agents.script("", seconds=None, term_exit_code=143)
    lost, lives = start(sandbox, project, lab), start(sandbox, project, lab, name="second")
    sandbox.clock.advance(60)
    orphans = {submit_task(sandbox, lost["id"], "a"), submit_task(sandbox, lost["id"], "b")}
    kept = [submit_task(sandbox, lives["id"]), submit_task(sandbox, ""), submit_task(sandbox, "by-hand")]
    strange = submit_task(sandbox, "00000000-1111-2222-3333-444444444444")
    assert list_orphans(capsys, lab, Exit.SOMETHING_TO_DO) == [strange]
    sandbox.client("batch").terminate_job(jobId=lost["jobs"][0], reason="killed")
    sandbox.clock.advance(60)
    assert status(sandbox, lost["jobs"][0]) == "FAILED"
    assert set(list_orphans(capsys, lab, Exit.SOMETHING_TO_DO)) == {*orphans, strange}
    command.list_runs(lab, None, orphans_alone=True, terminate=False, as_json=False)
    shown = capsys.readouterr().out
    assert f"its head {lost['jobs'][0]} is FAILED" in shown
    assert "1 job of heads that were started by hand" in shown
    assert set(list_orphans(capsys, lab, terminate=True)) == {*orphans, strange}
    sandbox.clock.advance(60)
    assert {status(sandbox, job) for job in (*orphans, strange)} == {"FAILED"}
    assert "FAILED" not in {status(sandbox, job) for job in (*kept, lives["jobs"][0])}
    assert list_orphans(capsys, lab) == []


def test_an_orphan_that_is_not_ended_keeps_no_other_from_it(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = start(sandbox, project, lab)
    tasks = [submit_task(sandbox, record["id"], f"t{number}") for number in range(3)]
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    refused = tasks[1]
    sandbox.faults.add("TerminateJob", "AccessDeniedException", status=403, times=None, where={"jobId": refused})
    document = listed(capsys, lab, Exit.USER_ERROR, orphans_alone=True, terminate=True)
    assert keys(document) == DOCUMENTS["list-runs --orphans --terminate, refused"]
    assert ([job["job"] for job in document["refused"]], document["terminated"]) == ([refused], False)
    sandbox.clock.advance(60)
    assert {job for job in tasks if status(sandbox, job) != "FAILED"} == {refused}
    code = command.list_runs(lab, None, orphans_alone=True, terminate=True, as_json=False)
    assert code == Exit.USER_ERROR
    shown = capsys.readouterr().out
    assert "0 orphans ended" in shown
    assert "✗ 1 orphan not ended: the credentials may not call TerminateJob" in shown
    assert f"    {refused}\n" in shown


def test_where_aws_does_not_answer_the_other_orphans_are_not_tried(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = start(sandbox, project, lab)
    tasks = [submit_task(sandbox, record["id"], f"t{number}") for number in range(3)]
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    client, tried = Cloud.client, list[str]()

    def cut(**query: str) -> None:
        tried.append(query["jobId"])
        raise EndpointConnectionError(endpoint_url="https://batch.example")

    def cut_off(self: Cloud, service: str, region: str | None = None) -> Any:
        made = client(self, service, region)
        if service == "batch":
            monkeypatch.setattr(made, "terminate_job", cut)
        return made

    monkeypatch.setattr(Cloud, "client", cut_off)
    document = listed(capsys, lab, Exit.USER_ERROR, orphans_alone=True, terminate=True)
    assert {job["job"] for job in document["refused"]} == set(tasks)
    assert len(tried) == 1


def test_a_job_that_moves_on_while_it_is_listed_counts_once(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = start(sandbox, project, lab)
    task, over = submit_task(sandbox, record["id"]), submit_task(sandbox, record["id"])
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    list_in = listing.list_in

    def moving(cloud: Any, queue: str, states: Any) -> Any:
        jobs = list_in(cloud, queue, states)
        if queue == "default":
            sandbox.client("batch").terminate_job(jobId=over, reason="in between")
        return [*jobs, *jobs]

    monkeypatch.setattr(listing, "list_in", moving)
    assert list_orphans(capsys, lab, Exit.SOMETHING_TO_DO) == [task]


def test_a_run_that_was_resumed_has_no_orphans(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = start(sandbox, project, lab)
    submit_task(sandbox, record["id"])
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    assert len(list_orphans(capsys, lab, Exit.SOMETHING_TO_DO)) == 1
    start(sandbox, project, lab, resume="first")
    assert list_orphans(capsys, lab) == []


def test_a_head_in_the_queue_of_another_environment_lives(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = start(sandbox, project, lab)
    submit_task(sandbox, record["id"])
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    assert len(list_orphans(capsys, lab, Exit.SOMETHING_TO_DO)) == 1
    environments.register(environments.define(tmp_path))
    head = submit_task(sandbox, "", "nextflow-first", jobQueue="small-low", jobDefinition="small-task")
    record["jobs"].append(head)
    key = "_nextflow/heads/first/run.json"
    sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record).encode())
    assert list_orphans(capsys, lab) == []


@pytest.mark.parametrize(("state", "waited", "count"), [("held", 30, 0), ("held", 900, 1), ("free", 0, 1)])
def test_a_head_outside_aws_batch_lives_while_it_renews_its_lock(
    sandbox: Sandbox,
    lab: str,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    state: str,
    waited: int,
    count: int,
) -> None:
    """By S3's own clock, whatever this computer's says."""
    record = start(sandbox, project, lab)
    submit_task(sandbox, record["id"])
    sandbox.client("batch").terminate_job(jobId=record["jobs"][0], reason="killed")
    lock = {"Bucket": BUCKET, "Key": "_nextflow/heads/first/lock.json"}
    held = {"state": state, "token": "t", "count": "3", "job": "", "host": "lab-1", "session": record["id"]}
    sandbox.client("s3").put_object(**lock, Body=json.dumps(held).encode())
    sandbox.clock.advance(waited)
    if waited > 300:
        age(sandbox, waited)
    assert len(list_orphans(capsys, lab, 2 if count else 0)) == count
    if not count:
        with pytest.raises(UserError, match="a head outside AWS Batch has renewed its lock"):
            start(sandbox, project, lab, resume="first")


def age(sandbox: Sandbox, seconds: float) -> None:
    """Make the lock older, as S3 tells it."""
    from datetime import timedelta

    from moto.s3.models import s3_backends

    key = s3_backends["123456789012"]["aws"].buckets[BUCKET].keys["_nextflow/heads/first/lock.json"]
    key.last_modified -= timedelta(seconds=seconds)


def test_terminate_ends_orphans_and_nothing_else(sandbox: Sandbox, lab: str) -> None:
    with pytest.raises(UserError, match="--terminate alone ends nothing"):
        command.list_runs(lab, None, orphans_alone=False, terminate=True, as_json=False)
