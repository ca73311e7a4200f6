"""What Kiln says of wrong values, for every key of every kind of definition: issue 11, section 3, first point."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, create_model

from environments.spec.environment import EnvironmentSpec
from images.spec.builder import Builder
from images.spec.image import ImageSpec
from kiln import site, yamlfile
from kiln.boundary import render
from kiln.errors import Problem, UserError
from kiln.keys.takes import Takes, declared, takes
from kiln.models import Model
from launch_templates.spec import LaunchTemplateSpec
from provision.model.downloads import FileName, Mirror
from tests.support.definition_keys import Key, keys_of, value_at

ROOT = Path(__file__).parent.parent
SITE = create_model("Site", __base__=Model, builder=(Builder, Builder()), downloads=(dict[FileName, Mirror], {}))
MODELS: dict[str, type[BaseModel]] = {
    "images": ImageSpec,
    "launch_templates": LaunchTemplateSpec,
    "environments": EnvironmentSpec,
    "site": SITE,
}
# As they stand in the file. What is right for a key is taken; what is not must be refused in words.
VALUES = (
    "", "null", "true", "no", "0", "-1", "3", "99999999999", "1.5", "1e3", "0755", "2026-01-01", "12:30", ".nan",
    '""', '" "', "nonsense", "UPPER-Case_9", '" blanks around "', '"in two\\nlines"', "ünï-çødé", '"\\u0000"', "a,b",
    "c5.2xlage", "default-x86_64", "s3://1000genomes/phase3", "arn:aws:iam::123456789012:role/someone", "vpc-0a1b2c3d",
    "100 GB", "5", '"5"', "5 minutes", "[]", "[nonsense]",
    "[x, x]", "[[1]]", "[null]", "{}", "{nonsense: {x: [1]}}", "{on: 2}",
    "x" * 600,
)  # fmt: skip
NEVER_RIGHT = {"[[1]]", "{nonsense: {x: [1]}}"}
# pydantic's and Python's words, patterns, steps that are no keys, and numbers for entries of a list.
FOREIGN = re.compile(
    r"[Ii]nput should|Value error|should (match|have)|[Ee]xtra inputs|Field required|validation|valid (string|integer|"
    r"dictionary|tuple|boolean)|unable to|pydantic|Tuple|NoneType|literal\[|tuple\[|function-|\[key\]|\[\^?[aA]-[zZ]|"
    r"\\[dSsw]|\{\d+,\d*\}|\(\?:|Traceback|<class|[a-z_]\.\d+: |[a-z_]\.\d+\.[a-z]"
)


def good(room: str) -> Any:
    if room == "site":
        whole = yaml.safe_load((ROOT / "images" / "reference.yaml").read_text())
        return {key: whole[key] for key in site.KEYS}
    return yaml.safe_load((ROOT / room / "reference.yaml").read_text())


def every_key() -> Iterator[Any]:
    for room, model in MODELS.items():
        for key in keys_of(model, good(room)):
            yield pytest.param(
                room, key, id=f"{room}: {'.'.join(map(str, key.path))} {key.data.get('docker_storage')}"[:90]
            )


KEYS = list(every_key())


def refusal(room: str, text: str, folder: Path) -> UserError | None:
    path = folder / "definition.yaml"
    path.write_text(text)
    try:
        data, lines = yamlfile.read(path, "reference.yaml")
        yamlfile.validate(data, MODELS[room], str(path), lines, "reference.yaml")
    except UserError as error:
        return error
    return None


def test_the_walk_reaches_every_key() -> None:
    assert {param.values[0] for param in KEYS} == set(MODELS)
    assert len({(param.values[0], param.values[1].path) for param in KEYS}) > 190


@pytest.mark.parametrize(("room", "key"), KEYS)
def test_a_wrong_value_is_told_with_what_was_written_what_it_takes_and_an_example(
    room: str, key: Key, tmp_path: Path
) -> None:
    refused = set()
    for raw in VALUES:
        error = refusal(room, key.document(raw), tmp_path)
        if error is None:
            continue
        refused.add(raw)
        screen = render(error)
        assert not FOREIGN.search(screen), f"{raw}: {FOREIGN.search(screen)}\n{screen}"
        assert "definition.yaml" in error.what
        assert isinstance(error, Problem), screen
        for sentence in error.problems:
            _hold(sentence, raw, key, screen)
    assert refused >= NEVER_RIGHT - ({"[[1]]"} if takes(key.declares).words == "anything" else set())


def _hold(sentence: str, raw: str, key: Key, screen: str) -> None:
    assert sentence.startswith("line "), screen
    name = next(part for part in reversed(key.path) if isinstance(part, str))
    assert name in sentence or any(str(part) in sentence for part in key.path), screen
    if sentence.partition(", ")[2].startswith(f"{key.place}: "):
        is_rule_between_keys = raw.startswith("{") or "unknown key" in sentence
        assert is_rule_between_keys or "It takes " in sentence, screen
        assert is_rule_between_keys or ", for example " in sentence, screen
        is_plain = re.fullmatch(r"[\w.:/-]{1,50}", raw) and raw not in {"null"}
        assert not is_plain or raw in sentence or "what stands there" in sentence, f"{raw} is not shown\n{screen}"


@pytest.mark.parametrize(("room", "key"), KEYS)
def test_an_example_is_taken_itself(room: str, key: Key, tmp_path: Path) -> None:
    example = takes(key.declares).example
    error = refusal(room, key.document(example), tmp_path)
    sentences = [problem for problem in getattr(error, "problems", ()) if f" {key.place}: " in problem]
    # What the other keys of the document make of it is another matter.
    wrong = [sentence for sentence in sentences if "It takes" in sentence and "not for gp2" not in sentence]
    assert wrong == []
    assert error is None or isinstance(error, Problem)


@pytest.mark.parametrize(("room", "key"), [param for param in KEYS if param.values[1].declares.annotation is str])
def test_a_text_says_itself_what_it_takes(room: str, key: Key) -> None:
    assert any(isinstance(item, Takes) for item in key.declares.beside), (
        f"{key.path}: give its type a Takes(words, example)"
    )


@pytest.mark.parametrize(
    ("room", "key"), [p for p in KEYS if isinstance(value_at(p.values[1].data, p.values[1].path), dict)]
)
def test_an_unknown_key_beside_the_known_lists_them(room: str, key: Key, tmp_path: Path) -> None:
    inner = dict(value_at(key.data, key.path))
    is_free = not getattr(declared(key.declares.annotation).annotation, "model_fields", None)
    if is_free and len(key.declares.branches) < 2:
        pytest.skip("its keys are names of one's own")
    error = refusal(room, key.document(yaml.safe_dump(inner | {"zzzzz": 1}, default_flow_style=True).strip()), tmp_path)
    assert isinstance(error, Problem)
    [sentence] = [problem for problem in error.problems if "zzzzz" in problem]
    assert re.search(r"unknown key\. Known here: \w+", sentence), sentence


@pytest.mark.parametrize("room", MODELS)
def test_a_key_that_stands_twice_is_told_with_both_lines(room: str, tmp_path: Path) -> None:
    text = yaml.safe_dump(good(room), sort_keys=False)
    first = text.splitlines()[0].partition(":")[0]
    error = refusal(room, f"{text}\n{first}: again\n", tmp_path)
    assert error is not None
    assert f"the key {first} stands twice, in lines 1 and" in error.why
