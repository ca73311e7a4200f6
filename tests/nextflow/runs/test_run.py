"""`invoke run` on the offline AWS: what is sent, what is written down, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from nextflow.runs.commands import run as command
from sandbox.inprocess import Sandbox
from tests.support.runs import BUCKET, ask


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


def test_the_results_go_where_the_pipelines_own_parameter_says(sandbox: Sandbox, lab: str, project: Path) -> None:
    job = run(sandbox, project, lab, output="s3://out/salmon/", profile="test")
    assert job["container"]["command"][1:] == ["-profile", "test,awsbatch", "--outputDir", "s3://out/salmon"]
    assert record(sandbox)["output"] == "s3://out/salmon"


def test_a_repository_with_its_revision(sandbox: Sandbox, lab: str) -> None:
    job = run(sandbox, "t-neumann/salmon-nf", lab, revision="v1.0", output="s3://out/x")
    assert job["container"]["command"] == [
        "t-neumann/salmon-nf", "-profile", "awsbatch", "-r", "v1.0", "--outdir", "s3://out/x",
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
    first = run(sandbox, project, lab, words=("--reads", "a b"), output="s3://out/x")
    before = record(sandbox)
    sandbox.client("batch").terminate_job(jobId=first["jobId"], reason="lost")
    second = run(sandbox, project, lab, resume="first")
    assert second["container"]["command"] == first["container"]["command"]
    assert variables(second) == variables(first) | {"NF_RESUME": "1"}
    assert second["tags"] == first["tags"]
    after = record(sandbox)
    assert after == before | {"jobs": [first["jobId"], second["jobId"]]}


def test_of_two_at_once_a_single_head_comes_to_be(
    sandbox: Sandbox, lab: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second takes the name after the first has looked, and before it submits."""
    from nextflow.runs.start import start as module

    submit, inside = module._submit, list[str]()

    def between(*arguments: Any) -> str:
        monkeypatch.setattr(module, "_submit", submit)
        inside.append(run(sandbox, project, lab)["jobId"])
        return submit(*arguments)

    monkeypatch.setattr(module, "_submit", between)
    with pytest.raises(UserError, match="somebody else starts first at this moment"):
        run(sandbox, project, lab)
    assert record(sandbox)["jobs"] == inside
    batch = sandbox.client("batch")
    states = {job["jobId"]: job["status"] for job in batch.describe_jobs(jobs=list_jobs(sandbox))["jobs"]}
    assert [job for job, status in states.items() if status != "FAILED"] == inside


def test_what_aws_refuses_leaves_nothing(sandbox: Sandbox, lab: str, project: Path) -> None:
    sandbox.faults.add("SubmitJob", "ClientException", status=400, times=None)
    with pytest.raises(Exception, match="ClientException"):
        run(sandbox, project, lab)
    sandbox.faults.clear()
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="_nextflow/heads/")
    assert [item["Key"] for item in listed.get("Contents", []) if item["Key"].endswith("run.json")] == []
    assert list_jobs(sandbox) == []
