"""Resolved configurations as either parser prints them."""

import pytest

from kiln.errors import UserError
from nextflow.config.check.flat import is_flat, read_flat
from nextflow.config.check.model import Ask
from nextflow.config.check.of_config import OwnLimit, list_asks, list_settings

COMMON = """\
workDir = 's3://bucket/work'
process.executor = 'awsbatch'
process.queue = { task.attempt > 1 ? 'large' : 'small' }
process.cpus = 2
process.memory = {
   // comments with an odd { in them
   task.attempt > 1
       ? 64.GB
       : 4.GB
}
process.maxRetries = 1
process.'withLabel:big'.cpus = 8
process.'withName:A.*|B'.memory = '40 GB'
process.'withName:A.*|B'.ext.args = { "--x ${1}" }
process.'withName:STYLE'.publishDir = '/out'
"""
OLD = COMMON + "process.resourceLimits = [cpus:4, memory:'30.4 GB', time:'1d']\n"
NEW = COMMON + "process.resourceLimits.cpus = 4\nprocess.resourceLimits.memory = '30.4 GB'\n"


def asks_of(text: str, own: OwnLimit | None = None) -> dict[str, list[Ask]]:
    options = read_flat("x", text.splitlines(keepends=True))
    return {settings.process: list(list_asks(settings, {}, own)) for settings in list_settings(options)}


@pytest.mark.parametrize("text", [OLD, NEW, NEW.replace("'withLabel:big'", "withLabel:big")], ids=["v1", "v2", "bare"])
def test_asks_by_selector_and_attempt_within_the_limits(text: str) -> None:
    asks = asks_of(text, OwnLimit("30.4 GB", 31100))
    assert set(asks) == {"every process", "withLabel: big", "withName: A.*|B"}
    every = asks["every process"]
    assert [(ask.queue, ask.vcpus, ask.memory, ask.spare) for ask in every] == [
        ("small", 2, 4096, 0), ("large", 2, 31100, 0),
    ]  # fmt: skip
    assert [ask.vcpus for ask in asks["withLabel: big"]] == [4, 4]
    assert [ask.memory for ask in asks["withName: A.*|B"]] == [31100, 31100]


def test_a_limit_of_somebody_else_is_as_exact_as_it_is_printed() -> None:
    [_, large] = asks_of(OLD)["every process"]
    assert (large.memory, large.spare) == (31129, 52)


def test_a_selectors_limits_stand_in_the_place_of_the_common_ones() -> None:
    own = "process.'withName:FREE'.resourceLimits = [cpus:64]\nprocess.'withName:FREE'.memory = '100 GB'\n"
    for text in (OLD, NEW):
        assert asks_of(text + own)["withName: FREE"][0].memory == 102400


def test_what_is_not_told_is_nextflows_and_batchs_own() -> None:
    [first, second] = asks_of("process.executor = 'awsbatch'\n")["every process"]
    assert (first.queue, first.vcpus, first.memory) == ("", 1, 1024)
    assert second.attempt == 2


def test_retries_by_closure_and_without_end_are_bounded() -> None:
    assert len(asks_of("process.maxRetries = 100\n")["every process"]) == 6
    assert len(asks_of("process.maxRetries = { meta.x }\n")["every process"]) == 2


def test_a_queue_by_its_arn() -> None:
    text = "process.queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/large'\n"
    assert asks_of(text)["every process"][0].queue == "large"


def test_warnings_before_the_options_are_passed_over() -> None:
    assert asks_of(f"WARN: something\n\n{OLD}")["every process"][0].vcpus == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("process.memory = { task.attempt\n", "x breaks off"),
        ("process.memory = {\n" + "a\n" * 600 + "}\n", "x breaks off"),
        ("process.cpus = 1\nprocess {\n", "x is no resolved configuration"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, what: str) -> None:
    with pytest.raises(UserError, match=what):
        asks_of(text)


def test_how_a_configuration_is_told_from_other_files() -> None:
    assert is_flat(OLD)
    assert not is_flat("task_id\thash\tname\n1\tab\tA\n")
    assert not is_flat("a = 1\nhello\n")


# Printed by Nextflow 24.10: brackets stand in regular expressions and within texts within texts, and match nothing.
ODD = r"""process.executor = 'awsbatch'
process.'withName:A'.ext.args = { x.replaceAll(/[(]/, "") }
process.'withName:A'.memory = '4 GB'
process.'withName:B'.ext.args = { "${x ? "(" : ''} --a" }
process.'withName:B'.memory = '5 GB'
process.'withName:C'.ext.args = { x =~ /"{/ ? 'a' : 'b' }
process.'withName:C'.memory = '6 GB'
process.'withName:D'.ext.args = {
        // don't (
        x = 3
        \"\"\" a
   process.cpus = 99
   b ( \"\"\" }
process.'withName:D'.memory = '7 GB'
process.'withName:E'.ext.args = {
   x.replaceAll(/[)}]/, '')
   y
}
process.'withName:E'.memory = '8 GB'
process.cpus = 4
params.a = 'x = {'
params.e = a[(]b
process.'withName:F'.memory = '9 GB'
process.'withName:F'.ext.args = { $/ a ( /$ }
""".replace('\\"', '"')


def test_brackets_in_regular_expressions_swallow_no_option() -> None:
    asks = asks_of(ODD)
    shown = {process: attempts[0].memory for process, attempts in asks.items() if process != "every process"}
    assert shown == {f"withName: {name}": size * 1024 for name, size in zip("ABCDEF", range(4, 10), strict=True)}
    assert {attempts[0].vcpus for attempts in asks.values()} == {4}
    options = read_flat("x", ODD.splitlines(keepends=True))
    assert options["process.'withName:E'.ext.args"].endswith("y\n}")


def test_a_value_without_its_end_is_told() -> None:
    for text in ("process.cpus = 1\nprocess.memory = {\n   task.attempt\n", "process.cpus = [1,\n"):
        with pytest.raises(UserError, match="breaks off"):
            read_flat("x", text.splitlines(keepends=True))


def test_texts_within_texts_without_end() -> None:
    text = "process.memory = " + '"${' * 50_000 + "\nprocess.cpus = 2\n"
    assert read_flat("x", text.splitlines(keepends=True))["process.cpus"] == "2"


BANNER = r"""
validation.help.beforeText = '
-[2m-----------------------[0m-
   |\ | |__  __ /  ` /  \ |__) |__         }  {
                        /,-._.--~'
  it's nf-core/methylseq 4.1.0 ( {
name = value
-----------------------
'
validation.help.afterText = '* The pipeline

* https://doi.org/10.5281/zenodo.1343417
'
params.plain = 'it's one'
process.memory = '6 GB'
"""


def test_a_text_that_something_was_filled_into_spans_lines_unescaped() -> None:
    """As nf-core/methylseq 4.1.0 prints with Nextflow 24.10: its banner was taken for the end of the configuration."""
    options = read_flat("x", BANNER.strip().splitlines(keepends=True))
    assert [*options] == [
        "validation.help.beforeText", "validation.help.afterText", "params.plain", "process.memory",
    ]  # fmt: skip
    assert options["validation.help.beforeText"].count("\n") == 7
    assert options["process.memory"] == "'6 GB'"


def test_a_text_over_lines_that_breaks_off() -> None:
    with pytest.raises(UserError, match="breaks off"):
        read_flat("x", BANNER.strip().splitlines(keepends=True)[:5])
