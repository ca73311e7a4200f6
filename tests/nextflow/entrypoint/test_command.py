"""What Nextflow is started with."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.heads import BUCKET, FOLDER, JOB, RUN, RUN_ID, Heads, list_keys

HARD = ["--text", "two words", "", "a'b\"c", "$HOME `id` $(id) \\", "line\nline\n", "*", "--flag=x y", "ä→"]


def test_the_first_argument_is_the_project_and_the_rest_arrives_as_it_was(heads: Heads, project: str) -> None:
    head = heads.run(project, *HARD)
    given = head.arguments()
    assert given[:2] == ["run", f"{launch(head.folder)}/project"]
    assert given[-len(HARD) :] == HARD


def launch(home: Path) -> Path:
    """Where Nextflow was started."""
    (place,) = [path.parent for path in (home / "work").glob("**/.head")]
    return place


def test_a_run_has_its_session_name_cache_and_work_folder(heads: Heads, project: str, s3: Any) -> None:
    files = {"NF_CONFIG": "nextflow.config", "NF_PARAMS": "params.yaml"}
    for name in files.values():
        s3.put_object(Bucket=BUCKET, Key=f"_nextflow/heads/salmon/{name}", Body=f"of {name}".encode())
    addresses: dict[str, Any] = {variable: f"{RUN['NF_RUNDIR']}/{name}" for variable, name in files.items()}
    head = heads.run(project, AWS_BATCH_JOB_ID=JOB, AWS_BATCH_JOB_ATTEMPT="2", **RUN, **addresses)
    assert head.option("-name") == "salmon"
    assert head.option("-resume") == RUN_ID
    assert head.option("-w") == RUN["NF_WORK"]
    assert Path(head.option("-c")).read_text() == "of nextflow.config"
    assert Path(head.option("-params-file")).read_text() == "of params.yaml"
    seen = head.environment()
    assert seen["NXF_CLOUDCACHE_PATH"] == f"{RUN['NF_RUNDIR']}/cache"
    assert seen["NXF_IGNORE_RESUME_HISTORY"] == "true"
    assert (seen["NF_RUN_ID"], seen["NXF_ANSI_LOG"]) == (RUN_ID, "false")
    assert not (head.folder / ".nextflow" / "config").exists()
    assert launch(head.folder) == head.folder / "work" / JOB / "2"
    assert list(list_keys(heads.sandbox, "logs")) == [f"salmon/.nextflow.log.{JOB}.2"]


def test_a_head_without_a_name_has_the_configuration_of_2019(heads: Heads, project: str) -> None:
    head = heads.run(project, AWS_BATCH_JOB_ID=JOB, AWS_BATCH_JOB_ATTEMPT="1")
    assert head.option("-w") == f"{FOLDER}/runs/{JOB}/1"
    assert head.option("-resume") == head.environment()["NF_RUN_ID"] == JOB
    config = (head.folder / ".nextflow" / "config").read_text()
    assert f"process.queue = '{head.environment()['NF_JOB_QUEUE']}'" in config
    assert "cliPath = '/home/ec2-user/miniconda/bin/aws'" in config
    assert list(list_keys(heads.sandbox, "logs")) == [f".nextflow.log.{JOB}.1"]


def test_outside_batch_each_head_has_a_folder_of_its_own(heads: Heads, project: str) -> None:
    first, second = heads.run(project), heads.run(project)
    assert first.option("-w") != second.option("-w")
    assert len(list(list_keys(heads.sandbox, "logs"))) == 2


def test_what_the_person_gives_stands_alone(heads: Heads, project: str) -> None:
    own = ["-w", "s3://genomics/own", "-name", "mine", "-resume", RUN_ID, "-with-trace", "t.txt", "-with-report=r.html"]
    assert heads.run(project, *own).arguments()[2:] == own


@pytest.mark.parametrize("argument", [["-resume"], ["-resume", "last"], ["-bg"]])
def test_what_cannot_be_here_is_refused(heads: Heads, project: str, argument: list[str]) -> None:
    head = heads.run(project, *argument, code=1)
    assert "✗" in head.text
    assert not (head.folder / "arguments.run").exists()


def test_the_cache_of_2019_is_fetched_and_kept(heads: Heads, project: str) -> None:
    keep = f"mkdir -p .nextflow/cache; echo '{RUN_ID}' >.nextflow/history; echo db >.nextflow/cache/db"
    first = heads.run(project, script=keep, NF_CACHE="sync", **RUN)
    assert "-resume" not in first.arguments()
    assert first.environment()["NXF_UUID"] == RUN_ID
    assert "NXF_CLOUDCACHE_PATH" not in first.environment()
    second = heads.run(project, script="cat .nextflow/cache/db", NF_CACHE="sync", **RUN)
    assert "\ndb\n" in second.text
    assert second.option("-resume") == RUN_ID
    assert set(list_keys(heads.sandbox, "heads/salmon/dot-nextflow")) == {"history", "cache/db"}
