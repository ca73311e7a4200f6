"""Which files of a folder are uploaded: globs that filter, links, and what cannot be."""

import os
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import UserError
from nextflow.upload.files import compile_glob, list_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.fq.gz", "b.txt", "deep/c.fq.gz", "deep/er/d.fq.gz", ".hidden"):
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path / "data"


def names(folder: Path, *include: str) -> list[str]:
    return [file.name for file in list_files(folder, include)]


def test_globs_filter(folder: Path) -> None:
    assert names(folder) == [".hidden", "a.fq.gz", "b.txt", "deep/c.fq.gz", "deep/er/d.fq.gz"]
    assert names(folder, "*.fq.gz") == ["a.fq.gz", "deep/c.fq.gz", "deep/er/d.fq.gz"]
    assert names(folder, "deep/*.fq.gz") == ["deep/c.fq.gz"]
    assert names(folder, "deep/**") == ["deep/c.fq.gz", "deep/er/d.fq.gz"]
    assert names(folder, "**/[cd].fq.gz", "b.*") == ["b.txt", "deep/c.fq.gz", "deep/er/d.fq.gz"]
    assert names(folder, "./b.tx?") == ["b.txt"]


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("[!a]*.gz", ["b.gz", "x/b.gz"], ["a.gz"]),
        ("a[", ["a["], ["a"]),
        ("a.b", ["a.b"], ["axb"]),
        ("**/x", ["x", "a/b/x"], ["ax"]),
        ("[^a]", ["^", "a"], ["b"]),
        ("*.{fq,fastq}.gz", ["a.fq.gz", "x/a.fastq.gz"], ["a.gz", "a.{fq,fastq}.gz"]),
        ("{a,b*}/*", ["a/x", "bc/x"], ["c/x"]),
        ("{a}", ["{a}"], ["a"]),
    ],
)
def test_what_a_glob_means(glob: str, yes: list[str], no: list[str]) -> None:
    pattern = compile_glob(glob)
    assert [name for name in (*yes, *no) if pattern.fullmatch(name)] == yes


def test_a_file_alone(folder: Path) -> None:
    assert names(folder / "deep" / "c.fq.gz") == ["c.fq.gz"]


def test_links_are_what_they_lead_to_and_a_circle_ends(folder: Path) -> None:
    (folder / "link.fq.gz").symlink_to(folder / "a.fq.gz")
    (folder / "deep" / "up").symlink_to(folder)
    assert names(folder, "*.fq.gz") == ["a.fq.gz", "deep/c.fq.gz", "deep/er/d.fq.gz", "link.fq.gz"]


def test_a_folder_to_which_two_links_lead_is_there_twice(folder: Path) -> None:
    (folder.parent / "genome").mkdir()
    (folder.parent / "genome" / "chr1.fa").write_text("x")
    for name in ("human", "deep/hg38"):
        (folder / name).symlink_to(folder.parent / "genome")
    assert names(folder, "*.fa") == ["deep/hg38/chr1.fa", "human/chr1.fa"]


def test_a_folder_that_cannot_be_read_is_no_folder_without_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def scandir(path: str = ".") -> Any:
        if str(path).endswith("er"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UserError, match="deep/er: Permission denied"):
        list_files(folder)


def test_a_glob_that_is_none(folder: Path) -> None:
    with pytest.raises(UserError, match=r"--include \[z-a\] is no glob"):
        list_files(folder, ["[z-a]"])


def test_names_that_are_too_long_where_they_go(folder: Path) -> None:
    assert len(list_files(folder, prefix="x" * 1000)) == 5
    with pytest.raises(UserError, match="its name in S3 would be longer than 1024 bytes"):
        list_files(folder, prefix="x" * 1020)


def test_what_would_lie_among_the_files_of_runs(folder: Path) -> None:
    (folder / "_nextflow").mkdir()
    (folder / "_nextflow" / "x").write_text("x")
    assert len(list_files(folder, prefix="in")) == 6
    with pytest.raises(UserError, match="where runs keep their own files"):
        list_files(folder)


def test_what_cannot_be_uploaded_is_named_before_anything_is_sent(folder: Path) -> None:
    (folder / "gone").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    with pytest.raises(UserError) as refused:
        list_files(folder)
    assert "2 of 7 files cannot be uploaded" in str(refused.value)
    assert "gone: it leads nowhere" in str(refused.value)
    assert "pipe: it is no file" in str(refused.value)
    assert names(folder, "*.txt") == ["b.txt"]
    with pytest.raises(UserError, match="pipe: it is no file"):
        list_files(folder / "pipe")


@pytest.mark.parametrize(("path", "include", "fault"), [
    ("nowhere", (), "there is no"), ("data", ("*.bam",), "none of its 5 files matches *.bam"),
    ("empty", (), "it is empty"),
])  # fmt: skip
def test_nothing_to_upload(folder: Path, path: str, include: tuple[str, ...], fault: str) -> None:
    (folder.parent / "empty").mkdir()
    with pytest.raises(UserError) as refused:
        list_files(folder.parent / path, include)
    assert fault in str(refused.value)
