"""YAML read strictly: every fault becomes words, whatever the file holds."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.spec.image import ImageSpec
from kiln import yamlfile
from kiln.errors import Problem, UserError

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
    assert "line 7, volumes.root.size: the unit GB is none of MiB, GiB, TiB; did you mean 100 GiB?" in found
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
        ("- a\n- b\n", "valid dictionary"),
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
