"""What is done to a machine, as plain data."""

from dataclasses import replace

import pytest

from provision.model.recipe import Check, Download, File, Machine, Recipe, Step, combine

ONE = Recipe(
    (File("/etc/a", b"a"),), (Step("a", "true"),), (Check("a", "true"),), (Step("seal a", "true"),),
    (Step("start a", "true"),),
)  # fmt: skip
TWO = Recipe(
    (File("/etc/b", b"b"),), (Step("b", "true"),), (Check("b", "true"),), (Step("seal b", "true"),),
    (Step("start b", "true"),),
)  # fmt: skip


def test_recipes_one_behind_the_other() -> None:
    both = ONE + TWO
    assert [file.path for file in both.files] == ["/etc/a", "/etc/b"]
    assert [step.name for step in both.steps] == ["a", "b"]
    assert [check.name for check in both.checks] == ["a", "b"]
    assert [step.name for step in both.sealing] == ["seal a", "seal b"]
    assert [step.name for step in both.starting] == ["start a", "start b"]
    assert combine([ONE, Recipe(), TWO]) == both
    assert combine([]) == Recipe()


def test_what_is_not_said_of_a_task_and_a_file() -> None:
    """Five minutes for a step, two for a check, no restart; a file is root's and readable by all."""
    step, check, file = Step("a", ""), Check("a", ""), File("/etc/a", b"")
    assert (step.timeout, step.reboot, check.timeout, check.on) == (300, False, 120, "everywhere")
    assert (file.mode, file.owner) == (0o644, "root:root")


def test_a_digest_is_of_everything_in_it() -> None:
    assert ONE.digest() == replace(ONE).digest()
    others = [
        replace(ONE, files=(File("/etc/a", b"b"),)), replace(ONE, files=(File("/etc/a", b"a", 0o600),)),
        replace(ONE, steps=(Step("a", "true", reboot=True),)), replace(ONE, checks=()), replace(ONE, sealing=()),
        replace(ONE, starting=()),
    ]  # fmt: skip
    assert len({ONE.digest(), *(other.digest() for other in others)}) == len(others) + 1


def test_the_name_of_a_download() -> None:
    assert Download("https://example.org/a/b.sh", "0" * 64).filename == "b.sh"


@pytest.mark.parametrize("pattern", ["b.sh", "*.sh", "?.sh"])
def test_a_mirror_is_meant_by_the_files_name(pattern: str) -> None:
    pinned, mirror = Download("https://example.org/a/b.sh", "0" * 64), Download("http://mirror/c.sh", "1" * 64)
    assert Machine("al2", downloads={"other": pinned, pattern: mirror}).resolve(pinned) == mirror
    assert Machine("al2", downloads={"other": mirror}).resolve(pinned) == pinned
