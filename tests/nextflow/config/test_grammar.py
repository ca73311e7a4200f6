"""The written configuration keeps to what a current Nextflow takes, whose parser is stricter than that of 24.10."""

import pytest

from environments.spec import definitions
from nextflow.config.write import write_config
from nextflow.sizing.advice import ProcessAdvice
from tests.support.nextflow_grammar import find_faults
from tests.support.nextflow_machines import KNOWN

SIZED = [ProcessAdvice("A:B:STAR", 2, 20000, 31000, 90), ProcessAdvice("ODD", time_seconds=3600)]


def write(name: str, odd: str = "") -> str:
    spec = definitions.load(name)
    if odd:
        params = spec.nextflow.params.model_copy(update={"awsbatch": {"odd": odd}, "slurm": {"odd": odd}})
        spec = spec.model_copy(update={"nextflow": spec.nextflow.model_copy(update={"params": params})})
    return write_config(spec, "123456789012", "us-east-1", KNOWN, processes=SIZED)


@pytest.mark.parametrize("name", ["salmon", "genomics", "genomics-2019", "reference"])
def test_what_is_written_for_shipped_environments(name: str) -> None:
    assert find_faults(write(name)) == []


def test_values_with_signs_of_groovy_in_them() -> None:
    assert find_faults(write("salmon", odd='it\'s $HOME \\ ${x} "a" // { }\n}; def x = 1')) == []


@pytest.mark.parametrize("name", ["salmon", "genomics", "genomics-2019", "reference"])
def test_credentials_have_no_place_in_it(name: str) -> None:
    text = write(name).lower()
    assert not [word for word in ("accesskey", "secretkey", "sessiontoken", "password") if word in text]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("aws.batch {", "neither an option nor a block"),
        ("def x = 1", "neither an option nor a block"),
        ("if (true) {", "neither an option nor a block"),
        ("println 'a'", "neither an option nor a block"),
        ("import java.util.List", "neither an option nor a block"),
        ("String name() {", "neither an option nor a block"),
        ("includeConfig params.other ? 'a' : 'b'", "neither an option nor a block"),
        ("executor.$local.cpus = 2", "neither an option nor a block"),
        ("aws.batch.cliPth = '/a'", "unrecognized config option 'aws.batch.cliPth'"),
        ("process.memry = 1.GB", "unrecognized config option 'process.memry'"),
        ("aws.accessKey = 'a'", "unrecognized config option 'aws.accessKey'"),
        ("process.cpus = { switch (task.attempt) { } }", "has a statement in its closure"),
        ("process.queue = { task.attempt > 1", "goes on over the line's end"),
        ("process.cpus = 1; process.time = 1.h", "has a second statement"),
        ('process.queue = "${x}"', "a text in which variables are filled in"),
    ],
)
def test_what_newer_parsers_refuse_is_seen(line: str, fault: str) -> None:
    assert fault in find_faults(line)[0]


def test_statements_behind_profiles_and_open_blocks_are_seen() -> None:
    text = write("salmon")
    assert "behind profiles" in find_faults(f"{text}params.salmonIndex = 'x'\n")[0]
    assert "is not closed" in find_faults(text.rstrip().removesuffix("}"))[-1]
    [fault] = find_faults(text.replace("jobRole =", "jobRle ="))
    assert fault.endswith("unrecognized config option 'aws.batch.jobRle'")
