"""The project: a folder in S3, or one that Nextflow pulls from Git."""

import os

from tests.support.heads import BUCKET, Heads


def test_it_is_synchronised_without_former_runs_and_dot_files(heads: Heads, project: str) -> None:
    head = heads.run(f"{project}/", script='cd "$2" && find . -type f | sort; [[ -x bin/tool ]] && echo may run')
    assert "./bin/tool\n./main.nf\nmay run\n" in head.text
    assert not any(name in head.text for name in ("old.txt", ".git", "sub"))


def test_a_folder_without_main_nf_is_no_project(heads: Heads, project: str) -> None:
    assert "has no main.nf" in heads.run(f"s3://{BUCKET}/projekt", code=1).text
    assert "NoSuchBucket" in heads.run("s3://no-such-bucket/project", code=1).text
    named = heads.run(f"s3://{BUCKET}/projekt", "-main-script", "other.nf")
    assert named.arguments()[1] == os.path.join(os.path.dirname(named.option("-with-trace")), "project")


def test_a_git_project_is_pulled_where_nextflow_is_offline(heads: Heads) -> None:
    head = heads.run("nextflow-io/hello", "-r", "v1.2", NXF_OFFLINE="true", script='echo "offline: $NXF_OFFLINE"')
    assert head.arguments("pull") == ["pull", "nextflow-io/hello", "-r", "v1.2"]
    assert head.arguments()[:2] == ["run", "nextflow-io/hello"]
    assert head.text.index("offline: false") < head.text.index("offline: true")
    online = heads.run("nextflow-io/hello")
    assert not (online.folder / "arguments.pull").exists()


def test_what_cannot_be_pulled_is_not_run(heads: Heads) -> None:
    head = heads.run("nobody/nothing", code=1, NXF_OFFLINE="true", script="exit 1")
    assert "the project nobody/nothing cannot be pulled" in head.text
    assert not (head.folder / "arguments.run").exists()
