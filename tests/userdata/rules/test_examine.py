"""What is wrong with a text before any rule: it does not parse, or has Windows line ends; and other languages."""

import pytest

from provision.provisioners import user_scripts
from tests.support.user_data import boothook, config, judge, kind, script
from userdata import refusals
from userdata.parts import ShellScript
from userdata.rules.examine import examine


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('echo "x', 2),
        ("if true; then\n  echo a", 2),
        ("echo a\necho )", 3),
        ("for i in 1 2; do echo $i", 2),
        ("echo a\n}", 3),
    ],
)
def test_a_text_that_does_not_parse_is_refused_with_its_line(text: str, line: int) -> None:
    [finding] = script(text)
    assert finding.refused
    assert finding.line == line
    assert f"the part own is not shell (line {line})" in finding.what
    assert "bash -n" in finding.hint


def test_run_commands_and_boothooks_are_parsed_too() -> None:
    [finding] = config("timezone: UTC\nruncmd:\n- echo fine\n- 'echo \"open'\n")
    assert (finding.refused, finding.line) == (True, 5)
    assert kind(boothook("#!/bin/sh\ncase x in\n")) == "refused"
    assert kind(script("bash -c 'if true; then'")) == "warned"


def test_what_bash_takes_and_the_parser_does_not_is_said_to_be_unchecked() -> None:
    [finding] = script('echo "${var.cluster}"')
    assert not finding.refused
    assert "the part own was not checked: it does not parse (line 2)" in finding.what


@pytest.mark.parametrize(
    "first",
    [
        "#!/usr/bin/python3",
        "#!/usr/bin/env python3",
        "#!/usr/bin/perl -w",
        "#! /usr/bin/awk -f",
        "#!/usr/bin/env -S node",
    ],
)
def test_another_language_is_no_shell_that_does_not_parse(first: str) -> None:
    assert judge(ShellScript("own", first + "\nfor x in y:\n    print('a' if x else \"b\")\n")) == ()


@pytest.mark.parametrize(
    "first",
    ["#!/bin/sh", "#!/bin/bash -xe", "#! /bin/bash", "#!/usr/bin/env bash", "#!/usr/bin/env -S bash -e", "#!/bin/dash"],
)
def test_every_shell_is_read(first: str) -> None:
    assert kind(judge(ShellScript("own", first + "\nsystemctl start ecs\n"))) == "refused"


@pytest.mark.parametrize("text", ["#!/bin/bash\r\necho a\r\n", "#!/bin/sh\necho a\r\n", "#!/bin/bash\necho a\rb\n"])
def test_windows_line_ends_are_refused_in_scripts(text: str) -> None:
    [finding] = judge(ShellScript("own", text))
    assert finding.refused
    assert "Windows line ends (line" in finding.what
    assert "Unix line ends" in finding.hint


def test_windows_line_ends_of_a_file_matter_where_it_is_a_program() -> None:
    [finding] = examine(refusals.file("/opt/x.sh", b"#!/bin/bash\r\necho a\r\n"))
    assert "the file /opt/x.sh has Windows line ends (line 1)" in finding.what
    assert examine(refusals.file("/opt/samples.csv", b"a,b\r\n1,2\r\n")) == ()


def test_a_scripts_line_ends_are_named_with_its_source() -> None:
    refused = user_scripts.refuse_shell(user_scripts.Entry(name="prepare", script="echo a\r\n"))
    assert refused is not None
    assert "the script 'prepare' has Windows line ends (line 1)" in refused.what


def test_all_problems_are_named_at_once() -> None:
    findings = script(
        "systemctl start ecs\necho ECS_CLUSTER=x >> /etc/ecs/ecs.config\nyum update -y\ncloud-init status --wait"
    )
    assert [finding.line for finding in findings if finding.refused] == [2, 5, 3]
    assert [finding.line for finding in findings if not finding.refused] == [4]


def test_a_script_that_calls_itself_without_end_is_said_to_be_too_long() -> None:
    functions = "\n".join(f"f{n}() {{ f{n + 1}; f{n + 1}; f{n + 1}; }}" for n in range(12))
    assert any("not all of it was checked" in finding.what for finding in script(functions + "\nf0\n"))
