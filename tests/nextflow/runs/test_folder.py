"""A local project in S3: what of it goes there, and under which name."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from nextflow.runs.start import folder as module
from nextflow.runs.start.folder import upload_project
from sandbox.inprocess import Sandbox

BUCKET = "projects"
WALK = os.walk


def upload(sandbox: Sandbox, path: Path) -> tuple[str, int]:
    return upload_project(sandbox.client("s3"), path, BUCKET, "p")


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Path:
    sandbox.client("s3").create_bucket(Bucket=BUCKET)
    (folder := tmp_path / "pipeline").mkdir()
    (folder / "main.nf").write_text("workflow { }")
    return folder


def write(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_hidden_files_and_what_runs_left_stay_here(sandbox: Sandbox, project: Path) -> None:
    for name in (".git/config", ".nextflow.log", "work/ab/c", "runs/1/x", "bin/.x", "modules/work/y.nf", "a [1]*?.nf"):
        write(project / name)
    (project / "work" / "gone").symlink_to(project / "nowhere")
    address, sent = upload(sandbox, project)
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    begin = address.removeprefix(f"s3://{BUCKET}/") + "/"
    assert {item["Key"].removeprefix(begin) for item in listed} == {"main.nf", "modules/work/y.nf", "a [1]*?.nf"}
    assert sent == 3


def test_the_address_follows_what_the_files_hold(sandbox: Sandbox, project: Path) -> None:
    first, _ = upload(sandbox, project)
    os.utime(project / "main.nf", (1, 1))
    (project / ".hidden").write_text("x")
    assert upload(sandbox, project)[0] == first
    (project / "main.nf").chmod(0o755)
    second, _ = upload(sandbox, project)
    (project / "main.nf").rename(project / "other.nf")
    third, _ = upload(sandbox, project)
    (project / "other.nf").write_text("workflow { x }")
    assert len({first, second, third, upload(sandbox, project)[0]}) == 4


def test_what_was_broken_off_is_made_whole(sandbox: Sandbox, project: Path) -> None:
    write(project / "bin" / "a.sh")
    address, _ = upload(sandbox, project)
    key = f"{address.removeprefix(f's3://{BUCKET}/')}/bin/a.sh"
    sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"half")
    assert upload(sandbox, project) == (address, 1)
    assert sandbox.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"x"


def test_links_are_followed_and_never_for_ever(
    sandbox: Sandbox, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[str] = []

    def walk(*given: Any, **more: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        for step in WALK(*given, **more):
            entered.append(step[0])
            yield step

    monkeypatch.setattr(os, "walk", walk)
    write(project.parent / "shared" / "lib.nf")
    (project / "lib").symlink_to(project.parent / "shared")
    (project / "lib" / "back").symlink_to(project)
    files = [name for name, _ in module.list_files(project)]
    assert files == ["main.nf", "lib/lib.nf"]
    assert [Path(path).name for path in entered] == ["pipeline", "lib", "back"], "none is gone through twice"
    monkeypatch.undo()
    _, sent = upload(sandbox, project)
    assert sent == 2


def test_a_folder_to_which_two_links_lead_is_there_twice(sandbox: Sandbox, project: Path) -> None:
    write(project.parent / "shared" / "lib.nf")
    for name in ("a", "b"):
        (project / name).symlink_to(project.parent / "shared")
    assert [name for name, _ in module.list_files(project)] == ["main.nf", "a/lib.nf", "b/lib.nf"]
    assert upload(sandbox, project)[1] == 3


def test_what_cannot_be_read_is_named(sandbox: Sandbox, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(project / "pipe")
    with pytest.raises(UserError, match=r"pipe cannot be read\nit is no file"):
        upload(sandbox, project)
    (project / "pipe").unlink()
    (project / "secret").mkdir()
    scan = os.scandir

    def scandir(path: str = ".") -> Any:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UserError, match=r"secret cannot be read\nPermission denied"):
        upload(sandbox, project)


def test_what_is_no_project(sandbox: Sandbox, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "broken").symlink_to(project / "nowhere")
    with pytest.raises(UserError, match="broken cannot be read"):
        upload(sandbox, project)
    (project / "broken").unlink()
    write(project / "reads.fq", "x" * 2000)
    monkeypatch.setattr(module, "_MOST", 1000)
    with pytest.raises(UserError, match="holds 0 MiB"):
        upload(sandbox, project)
