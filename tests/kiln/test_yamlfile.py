"""YAML read strictly: every fault becomes words, whatever the file holds."""

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.spec.image import ImageSpec
from kiln import yamlfile
from kiln.errors import Problem, UserError
from kiln.models import Model

GOOD = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"


def load(tmp_path: Path, text: str) -> ImageSpec:
    path = tmp_path / "image.yaml"
    path.write_text(text)
    return yamlfile.load(path, ImageSpec)


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(UserError) as failure:
        load(tmp_path, text)
    return f"{failure.value}\n{failure.value.output}"


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = GOOD + "packges: [jq]\nvolumes:\n  root:\n    size: 100 GB\n    iops: many\nbuilder: {ssh_from: 0.0.0.0/1}\n"
    found = problems(tmp_path, text)
    assert "line 4, packges: unknown key; did you mean packages?" in found
    assert (
        'line 7, volumes.root.size: "100 GB" does not fit: the unit GB is unknown: use MiB, GiB or TiB; '
        "did you mean 100 GiB?" in found
    )
    assert "line 8, volumes.root.iops" in found
    assert "line 9, builder.ssh_from" in found
    assert "4 problems" in found


@pytest.mark.parametrize(("value", "gib"), [("1 GiB", 1), ("1024 MiB", 1), ("2TiB", 2048)])
def test_sizes(tmp_path: Path, value: str, gib: int) -> None:
    assert load(tmp_path, GOOD + f"volumes: {{root: {{size: {value}}}}}\n").volumes.root.size == gib


@pytest.mark.parametrize(
    "value", ["100", "0 GiB", "1.5 GiB", "100 Gb", "1500 MiB", "-1 GiB", "[1 GiB]", "null GiB", "true"]
)
def test_sizes_that_are_none(tmp_path: Path, value: str) -> None:
    assert "volumes.root.size" in problems(tmp_path, GOOD + f"volumes: {{root: {{size: {value}}}}}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("- a\n- b\n", "the whole file: a list stands where none belongs"),
        ("name: [", "not YAML"),
        ("name: a\nname: b\n", "the key name stands twice, in lines 1 and 2"),
        ("\x00", "not YAML"),
        ("a: &a [*a]\n", "not YAML"),
        ("? [a]\n: b\n", "not YAML"),
        ("{" * 5000, "not YAML"),
        ("x: !!python/object:os.system {}\n", "not YAML"),
    ],
)
def test_what_is_no_definition_is_told_in_words(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems(tmp_path, text)


def test_where_a_file_is_no_yaml_its_line_is_told(tmp_path: Path) -> None:
    text = problems(tmp_path, "name: x\nbase:\n  - [\n")
    assert f"{tmp_path}/image.yaml:4: this is not YAML that Kiln reads" in text
    assert "a bracket is not closed, or a value is missing" in text
    assert "stands twice, in lines 2 and 4" in problems(tmp_path, "name: x\na: 1\nb: 2\na: 3\n")


def test_what_yaml_refuses_without_a_line_is_told_too(tmp_path: Path) -> None:
    text = problems(tmp_path, "[" * 39 + "]" * 39 + "\n")
    assert "the whole file: " in text
    assert "does not fit" in text
    deep = problems(tmp_path, "[" * 41 + "]" * 41 + "\n")
    assert f"{tmp_path}/image.yaml: this is not YAML that Kiln reads" in deep
    assert "nested more than 40 levels deep" in deep


def test_a_file_has_a_megabyte_at_most(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 1\n".ljust(1024 * 1024, b"\n"))
    assert yamlfile.read(path)[0] == {"a": 1}
    path.write_bytes(b"a: 1\n".ljust(1024 * 1024 + 1, b"\n"))
    with pytest.raises(UserError, match="is not a definition") as caught:
        yamlfile.read(path)
    assert caught.value.why == "it has 1048577 bytes; 1048576 are allowed"


def test_every_value_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("# first\na:\n  b: 1\n  c:\n    - x\n    - d: 2\nshared: &s {e: 1}\nagain: *s\n")
    data, lines = yamlfile.read(path)
    assert data == {"a": {"b": 1, "c": ["x", {"d": 2}]}, "shared": {"e": 1}, "again": {"e": 1}}
    assert lines == {
        (): 2, ("a",): 2, ("a", "b"): 3, ("a", "c"): 4, ("a", "c", 0): 5, ("a", "c", 1): 6, ("a", "c", 1, "d"): 6,
        ("shared",): 7, ("shared", "e"): 7, ("again",): 8, ("again", "e"): 7,
    }  # fmt: skip


def test_the_nearest_known_key_is_offered_else_all(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD + "builder:\n  conect: {via: public}\n  connect:\n    zzz: 1\n    vja: public\n")
    assert "line 5, builder.conect: unknown key; did you mean connect?" in text
    assert "line 7, builder.connect.zzz: unknown key. Known here: via, proxy_command." in text
    assert "line 8, builder.connect.vja: unknown key; did you mean via?" in text


def test_keys_in_lists_and_in_one_of_several_kinds_are_told_by_their_own_path(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD.replace("overlay2}", "overlay2, volum: data}") + "tests:\n- name: a\n  scrpt: b\n")
    assert "line 3, docker_storage.volum: unknown key; did you mean volume?" in text
    assert "line 6, scrpt in the first of tests (a): unknown key; did you mean script?" in text
    assert "line 5, script in the first of tests (a): is required" in text


def test_a_list_that_may_also_be_a_word_is_told_by_its_items() -> None:
    class Reading(Model):
        read: Literal["all"] | tuple[int, ...]

    with pytest.raises(Problem) as caught:
        yamlfile.validate({"read": [1, "x"]}, Reading, "here")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["the second of read"]


def test_data_without_a_file_has_no_lines() -> None:
    with pytest.raises(Problem) as caught:
        yamlfile.validate({"name": "x", "nme": "y"}, ImageSpec, "the request", None, "another.yaml")
    assert "nme: unknown key; did you mean name? Known keys: name, " in "\n".join(caught.value.problems)
    assert "base: is required. It takes keys of its own" in "\n".join(caught.value.problems)
    assert "another.yaml shows every key" in caught.value.hint


def test_a_bomb_of_aliases_does_not_go_off(tmp_path: Path) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert "aliases" in problems(tmp_path, "\n".join(lines))


def test_a_missing_file_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        yamlfile.load(tmp_path / "none.yaml", ImageSpec)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_file_however_broken_yields_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "image.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"))
    with pytest.raises(UserError):
        yamlfile.load(path, ImageSpec)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
keys = st.sampled_from(sorted(ImageSpec.model_fields))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, trees, max_size=8))
def test_no_value_under_a_known_key_yields_a_traceback(data: dict[str, object]) -> None:
    try:
        yamlfile.validate(data, ImageSpec, "here")
    except Problem as problem:
        assert problem.problems
