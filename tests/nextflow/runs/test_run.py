"""`invoke run` on the offline AWS: what is sent, what is written down, what is refused."""

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.s3.models import s3_backends

from cloud.session import Cloud
from kiln import signals
from kiln.errors import Interrupted, UserError
from nextflow.runs.commands import run as command
from nextflow.runs.commands import show_run
from nextflow.runs.looks import records
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord
from nextflow.runs.start.submit import Sending
from sandbox.inprocess import Sandbox
from tests.support.runs import BUCKET, ask, submit_task


def run(sandbox: Sandbox, pipeline: Path | str, env: str, **more: Any) -> dict[str, Any]:
    """Start a run; its head job as AWS Batch describes it."""
    assert command.run(ask(pipeline, env, **more), None, follows=False, yes=False, as_json=False) == 0
    jobs = list_jobs(sandbox)
    return dict(sandbox.client("batch").describe_jobs(jobs=[jobs[0]])["jobs"][0])


def list_jobs(sandbox: Sandbox) -> list[str]:
    """The ids of all jobs in the heads' queue, newest first."""
    filters = [{"name": "JOB_NAME", "values": ["nextflow-*"]}]
    return [
        job["jobId"] for job in sandbox.client("batch").list_jobs(jobQueue="head", filters=filters)["jobSummaryList"]
    ]


def read(sandbox: Sandbox, key: str) -> bytes:
    return bytes(sandbox.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def record(sandbox: Sandbox, name: str = "first") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(read(sandbox, f"_nextflow/heads/{name}/run.json"))
    return document


def variables(job: dict[str, Any]) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in job["container"]["environment"]}


def test_the_head_is_told_all_that_it_must_know(sandbox: Sandbox, lab: str, project: Path) -> None:
    words = ("--reads", "s3://data/*_{1,2}.fq gz", "--note", 'it\'s $HOME\nand "more"', "-stub-run")
    job = run(sandbox, project, lab, words=words)
    written = record(sandbox)
    run_id = written["id"]
    assert written["jobs"] == [job["jobId"]]
    command = job["container"]["command"]
    assert command[0] == written["project"]
    assert command[0].startswith(f"s3://{BUCKET}/_nextflow/projects/")
    assert command[1:] == ["-profile", "awsbatch", *words]
    assert job["jobName"] == "nextflow-first"
    assert job["tags"] == {"kiln:run": run_id, "kiln:run-name": "first", "kiln:head": "true"}
    begin = f"s3://{BUCKET}/_nextflow"
    assert variables(job) == {
        "NF_RUN": "first", "NF_RUN_ID": run_id, "NF_RUNDIR": f"{begin}/heads/first",
        "NF_WORK": f"{begin}/runs/first-{run_id[:8]}", "NF_CONFIG": f"{begin}/heads/first/nextflow.config",
    }  # fmt: skip
    assert b"kiln:run" in read(sandbox, "_nextflow/heads/first/nextflow.config")
    project_key = command[0].removeprefix(f"s3://{BUCKET}/")
    assert read(sandbox, f"{project_key}/bin/count.sh") == b"#!/bin/sh\necho 1\n"


def test_parameters_travel_as_a_file_unchanged(sandbox: Sandbox, lab: str, project: Path, tmp_path: Path) -> None:
    content = "# mine\nreads: 's3://data/a b'\nlist: [1, 2]\n" + "".join(f"p{n}: {'x' * 60}\n" for n in range(500))
    (tmp_path / "p.yml").write_text(content)
    job = run(sandbox, project, lab, params=str(tmp_path / "p.yml"))
    assert variables(job)["NF_PARAMS"] == f"s3://{BUCKET}/_nextflow/heads/first/params.yaml"
    assert read(sandbox, "_nextflow/heads/first/params.yaml").decode() == content


def test_half_a_character_in_a_file_of_parameters_is_shown_by_its_number(
    sandbox: Sandbox, lab: str, project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.json").write_text('{"a": "\\ud800"}')
    run(sandbox, project, lab, params=str(tmp_path / "p.json"))
    assert "(a: \\ud800)" in capfd.readouterr().out


def test_the_results_go_where_the_pipelines_own_parameter_says(sandbox: Sandbox, lab: str, project: Path) -> None:
    job = run(sandbox, project, lab, output="s3://lab-out/salmon/", profile="test")
    assert job["container"]["command"][1:] == ["-profile", "test,awsbatch", "--outputDir", "s3://lab-out/salmon"]
    assert record(sandbox)["output"] == "s3://lab-out/salmon"


def test_a_repository_with_its_revision(sandbox: Sandbox, lab: str) -> None:
    job = run(sandbox, "t-neumann/salmon-nf", lab, revision="v1.0", output="s3://lab-out/x")
    assert job["container"]["command"] == [
        "t-neumann/salmon-nf", "-profile", "awsbatch", "-r", "v1.0", "--outdir", "s3://lab-out/x",
    ]  # fmt: skip


def test_a_folder_in_s3(sandbox: Sandbox, lab: str) -> None:
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/one.nf", Body=b"workflow { }")
    sandbox.client("s3").put_object(Bucket=BUCKET, Key="p/nextflow.config", Body=b"manifest { mainScript = 'one.nf' }")
    job = run(sandbox, f"s3://{BUCKET}/p/", lab)
    assert job["container"]["command"][0] == f"s3://{BUCKET}/p"


def test_the_same_folder_is_uploaded_once(sandbox: Sandbox, lab: str, project: Path) -> None:
    first = run(sandbox, project, lab)["container"]["command"][0]
    sandbox.calls.clear()
    again = run(sandbox, project, lab, name="second")["container"]["command"][0]
    assert again == first
    (project / "main.nf").write_text("workflow { another() }\n")
    assert run(sandbox, project, lab, name="third")["container"]["command"][0] != first


def test_a_name_is_refused_while_its_head_lives(sandbox: Sandbox, lab: str, project: Path) -> None:
    job = run(sandbox, project, lab)
    for more in ({}, {"resume": "first"}):
        with pytest.raises(UserError, match="the run first lives"):
            run(sandbox, project, lab, **more)
    assert list_jobs(sandbox) == [job["jobId"]]
    sandbox.client("batch").terminate_job(jobId=job["jobId"], reason="enough")
    again = run(sandbox, project, lab)
    assert variables(again)["NF_RUN_ID"] != variables(job)["NF_RUN_ID"]


def test_a_head_whose_record_was_never_finished_counts_too(sandbox: Sandbox, lab: str, project: Path) -> None:
    """The computer of the person who sent it died between SubmitJob and the record."""
    run(sandbox, project, lab)
    for key in ("run.json",):
        sandbox.client("s3").delete_object(Bucket=BUCKET, Key=f"_nextflow/heads/first/{key}")
    with pytest.raises(UserError, match="the run first lives"):
        run(sandbox, project, lab)


def test_a_run_goes_on_under_its_id(sandbox: Sandbox, lab: str, project: Path) -> None:
    first = run(sandbox, project, lab, words=("--reads", "a b"), output="s3://lab-out/x")
    before = record(sandbox)
    sandbox.client("batch").terminate_job(jobId=first["jobId"], reason="lost")
    second = run(sandbox, project, lab, resume="first")
    assert second["container"]["command"] == first["container"]["command"]
    assert variables(second) == variables(first) | {"NF_RESUME": "1"}
    assert second["tags"] == first["tags"]
    after = record(sandbox)
    assert after == before | {"jobs": [first["jobId"], second["jobId"]]}


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], list[Any]]:
    """Let something happen after the next start has claimed its name, and before it submits; what it returned."""

    def arrange(act: Callable[[], Any]) -> list[Any]:
        send, happened = Sending.send, list[Any]()

        def between(*arguments: Any) -> str:
            monkeypatch.setattr(Sending, "send", send)
            happened.append(act())
            return send(*arguments)

        monkeypatch.setattr(Sending, "send", between)
        return happened

    return arrange


def refuse(sandbox: Sandbox, *arguments: Any, **more: Any) -> str:
    with pytest.raises(UserError) as caught:
        run(sandbox, *arguments, **more)
    return caught.value.what


def make_old(name: str = "first") -> None:
    """Let the record be of some time ago, as S3 tells it."""
    key = s3_backends["123456789012"]["aws"].buckets[BUCKET].keys[f"_nextflow/heads/{name}/run.json"]
    key.last_modified -= timedelta(minutes=10)


def list_living(sandbox: Sandbox) -> list[str]:
    jobs = sandbox.client("batch").describe_jobs(jobs=list_jobs(sandbox))["jobs"]
    return [job["jobId"] for job in jobs if job["status"] != "FAILED"]


OTHER = "somebody else starts first at this moment"


@pytest.mark.parametrize("resumes", [False, True])
def test_of_two_at_once_the_first_goes_on(
    sandbox: Sandbox, lab: str, project: Path, meanwhile: Callable[[Callable[[], Any]], list[Any]], resumes: bool
) -> None:
    more = {}
    if resumes:
        sandbox.client("batch").terminate_job(jobId=run(sandbox, project, lab)["jobId"], reason="killed")
        more = {"resume": "first"}
    (folder := project.parent / "other").mkdir()
    (folder / "main.nf").write_text("workflow { other() }\n")
    happened = meanwhile(lambda: refuse(sandbox, folder, lab, **more))
    mine = run(sandbox, project, lab, **more)
    assert happened == [OTHER]
    assert list_living(sandbox) == [mine["jobId"]]
    assert record(sandbox)["project"] == mine["container"]["command"][0]


@pytest.mark.parametrize("resumes", [False, True])
def test_a_start_that_slept_between_ends_its_head_where_another_lives(
    sandbox: Sandbox, lab: str, project: Path, meanwhile: Callable[[Callable[[], Any]], list[Any]], resumes: bool
) -> None:
    """A computer was closed for ten minutes in the middle of a start."""
    more = {}
    if resumes:
        sandbox.client("batch").terminate_job(jobId=run(sandbox, project, lab)["jobId"], reason="killed")
        more = {"resume": "first"}

    def take() -> str:
        make_old()
        return str(run(sandbox, project, lab, **more)["jobId"])

    happened = meanwhile(take)
    assert refuse(sandbox, project, lab, **more) == OTHER
    assert list_living(sandbox) == happened
    assert record(sandbox)["jobs"][-1:] == happened


def test_a_start_that_was_killed_on_the_way_is_forgotten(sandbox: Sandbox, lab: str, project: Path) -> None:
    """It has claimed the name, and nothing more."""
    records.write(Cloud(), Places(BUCKET, "first"), RunRecord("first", "id", "lab", "p", queue="head", claim="a"))
    assert refuse(sandbox, project, lab) == OTHER
    make_old()
    assert record(sandbox)["jobs"] == []
    job = run(sandbox, project, lab)["jobId"]
    assert (record(sandbox)["jobs"], record(sandbox)["claim"]) == ([job], "")


def test_an_answer_that_was_lost_on_the_way_is_no_other_person(sandbox: Sandbox, lab: str) -> None:
    """botocore sends a request again where its answer was lost; S3 then has the first try's object."""
    cloud, places = Cloud(), Places(BUCKET, "first")
    mine = RunRecord("first", "id", "lab", "p", claim="a")
    etag = records.write(cloud, places, mine)
    assert records.write(cloud, places, mine) == etag
    with pytest.raises(UserError, match="somebody else"):
        records.write(cloud, places, replace(mine, claim="b"))


@pytest.mark.parametrize("year", [1971, 2100])
def test_a_clock_that_jumps_is_in_nothing_but_the_name(
    sandbox: Sandbox, lab: str, project: Path, year: int, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime(year, 1, 1, tzinfo=UTC)
    asked = ask(project, lab, name="")
    assert command.run(asked, None, follows=False, yes=False, as_json=True, now=now) == 0
    name = json.loads(capsys.readouterr().out)["name"]
    assert name.startswith(f"salmon-nf-{year}0101-0000-")
    sandbox.clock.advance(1)
    submit_task(sandbox, record(sandbox, name)["id"])
    assert show_run.show_run(name, lab, None, as_json=True, now=now) == 0
    assert sum(json.loads(capsys.readouterr().out)["tasks"]["counts"].values()) == 1
    with pytest.raises(UserError, match="lives"):
        command.run(ask(project, lab, resume=name), None, follows=False, yes=False, as_json=True, now=now)


def test_a_run_that_cannot_be_noted_is_started_all_the_same(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(sandbox, project, lab)
    [marker] = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/pipelines/")["Contents"]
    sandbox.faults.add(f"PUT /{BUCKET}/{marker['Key']}", "AccessDenied", status=403, times=None)
    capsys.readouterr()
    run(sandbox, project, lab, name="second")
    printed = capsys.readouterr()
    assert "second in lab: is started" in printed.out
    assert "! the next run of this pipeline will be taken for its first again: the credentials may not" in printed.err


@pytest.mark.parametrize("resumes", [False, True])
@pytest.mark.parametrize("at", [1, 2])
def test_who_interrupts_a_start_has_no_run(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch, at: int, resumes: bool
) -> None:
    former = run(sandbox, project, lab)["jobId"] if resumes else ""
    if former:
        sandbox.client("batch").terminate_job(jobId=former, reason="killed")
    write, written = records.write, list[str]()

    def interrupted(*given: Any) -> str:
        written.append(write(*given))
        if len(written) == at:
            os.kill(os.getpid(), signal.SIGINT)
        return written[-1]

    monkeypatch.setattr(records, "write", interrupted)
    with signals.handle(), pytest.raises(Interrupted):
        run(sandbox, project, lab, **({"resume": "first"} if resumes else {}))
    assert len(list_jobs(sandbox)) == 1 + resumes
    sandbox.clock.advance(60)
    assert list_living(sandbox) == []
    if resumes:
        assert (record(sandbox)["jobs"], record(sandbox)["claim"]) == ([former], "")
    else:
        listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/heads/")
        assert "run.json" not in str(listed.get("Contents"))


def test_what_aws_refuses_leaves_nothing(sandbox: Sandbox, lab: str, project: Path) -> None:
    sandbox.faults.add("SubmitJob", "ClientException", status=400, times=None)
    with pytest.raises(Exception, match="ClientException"):
        run(sandbox, project, lab)
    sandbox.faults.clear()
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/heads/")
    assert [item["Key"] for item in listed.get("Contents", []) if item["Key"].endswith("run.json")] == []
    assert list_jobs(sandbox) == []
