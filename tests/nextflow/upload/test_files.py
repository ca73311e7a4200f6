"""Which files of a folder are uploaded: globs that filter, links, and what cannot be."""

import os
from pathlib import Path

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


def test_what_cannot_be_uploaded_is_named_before_anything_is_sent(folder: Path) -> None:
    (folder / "gone").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    with pytest.raises(UserError) as refused:
        list_files(folder)
    assert "2 of 7 files cannot be uploaded" in str(refused.value)
    assert "gone: it leads nowhere" in str(refused.value)
    assert "pipe: it is no file" in str(refused.value)
    assert names(folder, "*.txt") == ["b.txt"]


@pytest.mark.parametrize(("path", "include", "fault"), [
    ("nowhere", (), "there is no"), ("data", ("*.bam",), "none of its 5 files matches *.bam"),
    ("empty", (), "it is empty"),
])  # fmt: skip
def test_nothing_to_upload(folder: Path, path: str, include: tuple[str, ...], fault: str) -> None:
    (folder.parent / "empty").mkdir()
    with pytest.raises(UserError) as refused:
        list_files(folder.parent / path, include)
    assert fault in str(refused.value)
