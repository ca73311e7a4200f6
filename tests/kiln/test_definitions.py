"""Definitions by name or path, and the local files that they name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kiln.definitions import Kind, Sources, is_path, kind_of
from kiln.errors import Problem, UserError


@pytest.fixture
def kinds(tmp_path: Path) -> tuple[Kind, Kind]:
    """Images with a definition `known`, and environments without any."""
    (tmp_path / "images").mkdir()
    (tmp_path / "environments").mkdir()
    (tmp_path / "images" / "known.yaml").write_text("base: {}\n")
    image = Kind("image", tmp_path / "images", lambda name: name, keys=frozenset({"base"}))
    return image, Kind("environment", tmp_path / "environments", lambda name: name, keys=frozenset({"queues"}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("known", False), ("known.yaml", True), ("known.yml", True), ("./known", True), ("a/b", True)],
)
def test_a_path_has_a_slash_or_an_ending(name: str, expected: bool) -> None:
    assert is_path(name) is expected


def test_a_name_lies_in_kilns_folder_and_a_path_where_it_says(kinds: tuple[Kind, Kind], tmp_path: Path) -> None:
    image, _ = kinds
    assert image.path_of("known") == tmp_path / "images" / "known.yaml"
    own = tmp_path / "own.yaml"
    own.write_text("")
    assert image.path_of(str(own)) == own


def test_a_name_that_is_not_there_gets_those_that_are(kinds: tuple[Kind, Kind]) -> None:
    image, environment = kinds
    with pytest.raises(UserError, match="there is no image definition other") as caught:
        image.path_of("other")
    assert caught.value.hint.startswith("Known: known;")
    with pytest.raises(UserError, match="there is no environment definition known"):
        environment.path_of("known")


@pytest.mark.parametrize(("make", "why"), [(os.mkdir, "is a folder"), (os.mkfifo, "is no file, but a pipe")])
def test_what_stands_in_the_place_of_a_file_is_told(
    kinds: tuple[Kind, Kind], tmp_path: Path, make: Callable[[Path], None], why: str
) -> None:
    make(tmp_path / "odd.yaml")
    with pytest.raises(UserError, match="there is no image definition") as refused:
        kinds[0].path_of(str(tmp_path / "odd.yaml"))
    assert why in refused.value.why


def test_a_pipe_among_the_files_of_a_definition_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    sources = Sources(tmp_path / "own.yaml", "")
    sources.read("pipe")
    with pytest.raises(Problem) as refused:
        sources.check()
    assert "pipe: it is no file" in refused.value.output


def test_a_kind_is_told_by_its_folder_then_by_its_key(kinds: tuple[Kind, Kind], tmp_path: Path) -> None:
    image, environment = kinds
    for text, kind in (("queues: {}\n", environment), ("base: {}\n", image), ("- a list\n", image)):
        path = tmp_path / "any.yaml"
        path.write_text(text)
        assert kind_of(path, kinds) is kind
    inside = tmp_path / "environments" / "odd.yaml"
    inside.write_text("base: {}\n")
    assert kind_of(inside, kinds) is environment


def test_every_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "there.sh").write_text("true\n")
    sources = Sources(tmp_path / "x.yaml", "images/reference.yaml")
    assert sources.read("there.sh") == b"true\n"
    sources.check()
    assert sources.read("a.sh") == sources.read("b.sh") == b""
    with pytest.raises(Problem) as caught:
        sources.check()
    assert caught.value.problems == ("a.sh: No such file or directory", "b.sh: No such file or directory")
    assert "images/reference.yaml" in caught.value.hint
