"""What cloud-init makes of a cloud-config: commands that it would not run, keys that it does not know."""

import pytest

from provision.model.recipe import Family
from tests.support.user_data import config, kind
from userdata.parts import Boothook, CloudConfig, Part, ShellScript
from userdata.refusals import material_of
from userdata.rules.examine import examine

NO_COMMANDS = {
    "runcmd:\n  - echo foo: bar\n  - [mount, -a]\n": ("runcmd", 3),
    "bootcmd:\n  - {a: b}\n": ("bootcmd", 3),
    "runcmd:\n  - echo a\n  - 20\n": ("runcmd", 4),
    "runcmd:\n  - true\n": ("runcmd", 3),
    "runcmd: |\n  echo hi\n  systemctl restart docker\n": ("runcmd", 2),
    "timezone: UTC\nbootcmd: echo hi\n": ("bootcmd", 3),
    "runcmd:\n  first: echo hi\n": ("runcmd", 3),
}


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_section_2_commands_that_cloud_init_does_not_run_are_refused(text: str) -> None:
    key, line = NO_COMMANDS[text]
    [finding] = config(text)
    assert finding.refused
    assert f"(line {line})" in finding.what
    assert key in finding.what
    assert f"none of the commands under {key}" in finding.why
    assert not {"ScalarNode", "tag:yaml", "dict", "int"} & set(finding.what.replace("(", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "runcmd:\n  - [sleep, 10]\n  - [echo, true, {a: b}]\n",
        "runcmd:\n  - 'echo foo: bar'\n  - |\n    echo 'a: b'\n",
        "runcmd:\n  -\n  - echo hi\n",
        "runcmd:\nbootcmd: []\n",
        "runcmd: [/usr/local/bin/start]\n",
        "x: &a [echo, hi]\nruncmd:\n  - *a\n",
    ],
)
def test_commands_that_cloud_init_runs_are_fine(text: str) -> None:
    assert config(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("runcmd:\n  - echo a\nruncmd:\n  - echo b\n", "has runcmd twice (lines 2 and 4)"),
        ("packages: [jq]\ntimezone: UTC\npackages: [nvme-cli]\n", "has packages twice (lines 2 and 4)"),
        ("write_files: []\nwrite_files:\n- path: /a\n", "has write_files twice (lines 2 and 3)"),
    ],
)
def test_section_2_a_key_that_is_there_twice_is_a_warning(text: str, words: str) -> None:
    [finding] = config(text)
    assert not finding.refused
    assert words in finding.what
    assert "last" in finding.why


@pytest.mark.parametrize(
    ("key", "known"),
    [("run_cmd", "runcmd"), ("write-files", "write_files"), ("package", "packages"), ("bootCmd", "bootcmd")],
)
def test_section_2_a_key_that_cloud_init_does_not_know_is_a_warning(key: str, known: str) -> None:
    [finding] = config(f"{key}:\n  - echo hi\n")
    assert not finding.refused
    assert f"has the key {key} (line 2)" in finding.what
    assert f"Write {known}" in finding.hint


def test_keys_of_cloud_init_are_fine() -> None:
    assert config("user: me\nusers: [default]\nmounts: []\nswap: {filename: /swap}\nrepo_update: true\n") == ()


@pytest.mark.parametrize("mode", ["755", "644", "1777"])
def test_section_2_permissions_that_yaml_reads_as_another_number_are_a_warning(mode: str) -> None:
    [finding] = config(f"write_files:\n- path: /usr/local/bin/x\n  permissions: {mode}\n  content: hi\n")
    assert not finding.refused
    assert f"permissions: {mode} (line 4)" in finding.what
    assert "in quotes" in finding.hint


@pytest.mark.parametrize("mode", ["'0755'", '"755"', "0744", "'644'", "0o644"])
def test_permissions_in_quotes_or_octal_are_fine(mode: str) -> None:
    assert config(f"write_files:\n- path: /usr/local/bin/x\n  permissions: {mode}\n  content: hi\n") == ()


def _all(parts: list[Part], family: Family = "al2023") -> list[str]:
    return [finding.what for finding in examine(material_of(parts), family)]


def test_section_2_of_two_cloud_configs_with_one_key_the_last_counts() -> None:
    first = CloudConfig("first", "#cloud-config\nruncmd: [echo a]\npackages: [jq]\n")
    last = CloudConfig("last", "#cloud-config\npackages: [nvme-cli]\nruncmd: [echo b]\n")
    assert _all([first, last]) == [
        "user data: the parts first and last both have packages",
        "user data: the parts first and last both have runcmd",
    ]


def test_parts_that_say_how_they_are_merged_and_parts_of_other_keys_are_fine() -> None:
    first = CloudConfig("first", "#cloud-config\nruncmd: [echo a]\n")
    merged = CloudConfig("last", "#cloud-config\nmerge_how: 'list(append)+dict(recurse_array)+str()'\nruncmd: [b]\n")
    newer = CloudConfig("last", "#cloud-config\nmerge_type:\n- {name: list, settings: [append]}\nruncmd: [b]\n")
    other = CloudConfig("other", "#cloud-config\nbootcmd: [echo c]\ntimezone: UTC\n")
    hook, script = Boothook("hook", "#cloud-boothook\necho d\n"), ShellScript("late", "#!/bin/sh\necho e\n")
    lists: list[list[Part]] = [[first, merged], [first, newer], [first, other, hook, script]]
    for parts in lists:
        assert _all(parts) == []


@pytest.mark.parametrize("mode", ["poweroff", "halt"])
def test_section_2_a_machine_that_goes_off_behind_its_boot_is_refused(mode: str) -> None:
    [finding] = config(f"power_state:\n  mode: {mode}\n  timeout: 30\n")
    assert finding.refused
    assert "turns the machine off (line 3)" in finding.what


@pytest.mark.parametrize("more", ["", "  condition: true\n", "  delay: now\n"])
def test_section_2_a_machine_that_starts_again_behind_its_boot_is_a_warning(more: str) -> None:
    assert kind(config(f"power_state:\n  mode: reboot\n{more}")) == "warned"


@pytest.mark.parametrize(
    "text",
    [
        "power_state: {mode: poweroff, condition: test -e /run/broken}\n",
        "power_state: {mode: reboot, condition: [test, -e, /run/reboot-required]}\n",
    ],
)
def test_under_a_condition_it_is_a_warning(text: str) -> None:
    assert kind(config(text)) == "warned"


def test_a_condition_that_is_false_is_fine() -> None:
    assert config("power_state: {mode: poweroff, condition: false}\n") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("packages: jq unzip\n", "packages is no list (line 2)"),
        ("write_files:\n  path: /x\n  content: a\n", "write_files is no list (line 3)"),
        ("mounts: /dev/sdf\n", "mounts is no list (line 2)"),
        ("write_files:\n- file: /x\n  content: a\n", "an entry of write_files has no path (line 3)"),
    ],
)
def test_section_2_what_cloud_init_passes_over_is_a_warning(text: str, words: str) -> None:
    [finding] = config(text)
    assert words in finding.what
    assert not finding.refused
    assert config("packages: [jq]\nmounts: [[/dev/sdf, /x]]\nwrite_files:\n- path: /x\n") == ()
