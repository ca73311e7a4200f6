"""The kinds of parts, each with its first line."""

import pytest

from kiln.errors import UserError
from userdata.parts import KINDS, Boothook, CloudConfig, Part, ShellScript


@pytest.mark.parametrize(
    ("kind", "text"),
    [(CloudConfig, "#cloud-config\n{}\n"), (ShellScript, "#!/bin/bash\n"), (Boothook, "#cloud-boothook\n#!/bin/sh\n")],
)
def test_a_part_begins_with_its_own_line(kind: type[Part], text: str) -> None:
    assert kind("a", text).text == text
    for other in {CloudConfig, ShellScript, Boothook} - {kind}:
        with pytest.raises(UserError, match=f"the part a is not a {other.kind}") as caught:
            other("a", text)
        assert other.first_line in caught.value.hint


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "ä", "a" * 81])
def test_a_name_that_is_no_file_name(name: str) -> None:
    with pytest.raises(UserError, match="cannot name a part"):
        ShellScript(name, "#!/bin/bash\n")


def test_the_longest_name() -> None:
    assert ShellScript("a" * 80, "#!/bin/bash\n").name == "a" * 80


def test_definitions_name_the_kinds_as_they_are_called() -> None:
    assert {name: kind.kind for name, kind in KINDS.items()} == {name: name for name in KINDS}
