"""A pipeline's own nextflow.config, read without Nextflow."""

import pytest

from nextflow.config.check.plain import read_plain

WHOLE = """
// what all have
includeConfig 'conf/base.config'
manifest { mainScript = 'a.nf'; name = "x" }
params {
    reads = null   // none
    max_memory = '128.GB'
}
params.other = 3
process {
    container = 'debian'
    withName: STAR {
        memory = { 40.GB * task.attempt } // more
        cpus   = 8
    }
    withLabel:'big|huge' { memory = '500 GB' }
    withName: 'A:B' {
        ext.args = [ '--x',
            '--y' ].join(' ')
        memory = params.reads
            ? 1.GB
            : 2.GB
    }
}
if (params.reads) {
    process.memory = 900.GB
}
def check_max(obj, type) {
    return obj
}
includeConfig params.odd ? 'a' : 'b'
includeConfig 'missing.config'
profiles {
    test { process { withName: STAR { cpus = 1 } } }
    awsbatch { process.memory = '7 GB' }
}
"""


def read(*profiles: str) -> dict[str, str]:
    files = {
        "conf/base.config": "process { cpus = 2\n errorStrategy = { task.exitStatus in [1] ? 'retry' : 'finish' } }"
    }
    return read_plain(WHOLE, profiles, files.get).options


def test_plain_assignments() -> None:
    options = read()
    assert options["process.'withName:STAR'.memory"].startswith("{ 40.GB * task.attempt }")
    assert options["process.'withLabel:big|huge'.memory"] == "'500 GB'"
    assert options["process.'withName:A:B'.memory"].split() == ["params.reads", "?", "1.GB", ":", "2.GB"]
    assert options["process.cpus"] == "2"
    assert options["params.max_memory"] == "'128.GB'"
    assert options["params.other"] == "3"
    assert options["manifest.mainScript"] == "'a.nf'"
    assert "process.memory" not in options
    assert not [name for name in options if name.startswith("profiles")]


def test_profiles_that_are_chosen() -> None:
    assert read("test")["process.'withName:STAR'.cpus"] == "1"
    assert read("test", "awsbatch")["process.memory"] == "'7 GB'"


def test_a_parameter_with_two_values_is_not_known() -> None:
    text = "params { a = 1; b = 2; c = 3 }\nparams.b = 4\nprofiles { p { params.a = 5; params.c = 3 } }"
    assert read_plain(text, ["p"]).options == {"params.c": "3"}
    assert read_plain(text, []).options == {"params.a": "1", "params.c": "3"}


def test_what_only_nextflow_can_read_is_told() -> None:
    unread = read_plain(WHOLE, []).unread
    assert unread == [
        "includeConfig 'conf/base.config'", "if (params.reads) {", "def check_max(obj, type) {",
        "includeConfig params.odd ? 'a' : 'b'", "includeConfig 'missing.config'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "}", "}}{", "process {", "a = {", "'", '"""', "a", "a = ", "withName: {", "\0", "/*"]
)
def test_anything_is_read_to_its_end(text: str) -> None:
    assert isinstance(read_plain(text, []).options, dict)


def test_files_that_include_one_another() -> None:
    assert read_plain("includeConfig 'a'", [], lambda name: "includeConfig 'a'").unread == ["includeConfig 'a'"]


ODD = r'''
params { re = /a{b/ ; half = 10 / 2 ; path = "a/b" ; dollar = $/ it's ( /$ }
process {
    withName: A { ext.args = { x.replaceAll(/[({]/, "") }; memory = 4.GB }
    withName: B { ext.args = { "${x ? "{(" : 'don\'t'} --a ${y ? "it's" : ""}" }; memory = 5.GB }
    withName: C { ext.args = { x =~ /"{\/ / ? 'a' : 'b' }; memory = 6.GB }
    withName: D { ext.args = { """ ${x ? "}" : '{'} ( """ }; memory = 7.GB }
    withName: E { cpus = { 12 / 2 / task.attempt }; memory = { x / 2 > 1 ? 8.GB : 8.GB } } // {
    cpus = 4
}
aws.region = 'x'
'''


def test_brackets_and_quotes_within_texts_and_regular_expressions() -> None:
    plain = read_plain(ODD, [])
    assert plain.unread == []
    memory = {name: plain.options[f"process.'withName:{name}'.memory"] for name in "ABCD"}
    assert memory == {"A": "4.GB", "B": "5.GB", "C": "6.GB", "D": "7.GB"}
    assert plain.options["process.'withName:E'.cpus"] == "{ 12 / 2 / task.attempt }"
    assert plain.options["params.half"] == "10 / 2"
    assert (plain.options["process.cpus"], plain.options["aws.region"]) == ("4", "'x'")


def test_blocks_within_blocks_without_end_are_left_to_nextflow() -> None:
    plain = read_plain("process.cpus = 2\n" + "process {\n" * 5000, [])
    assert plain.options == {"process.cpus": "2"}
    assert plain.unread


def test_texts_within_texts_without_end() -> None:
    endless = '"${' * 50_000
    assert read_plain(f"b = 2\na = {endless}\n", []).options == {"b": "2", "a": endless}
