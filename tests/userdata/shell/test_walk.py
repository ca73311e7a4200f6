"""How a script is followed: quoting, here-documents, pipes, functions, and texts that a command runs."""

import pytest

from userdata.shell.walk import Walk


def walked(text: str) -> Walk:
    walk = Walk()
    walk.run(text)
    return walk


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("echo a=1 > /f", "a=1\n"),
        ("echo 'a b'\"c\"\\ d > /f", "a bc d\n"),
        ("X=1; echo \"a=$X ${Y:-2}\" > /f", "a=1 2\n"),
        ("cat > /f <<EOF\na=$(echo 1)\nEOF", "a=1\n"),
        ("cat > /f <<'EOF'\na=$(echo 1)\nEOF", "a=$(echo 1)\n"),
        ("cat <<-EOF > /f\n\ta=1\n\tEOF", "a=1\n"),
        ("cat <<EOF | sudo tee /f > /dev/null\na=1\nEOF", "a=1\n"),
        ("printf '%s=%s\\n' a 1 b 2 > /f", "a=1\nb=2\n"),
        ("echo -e 'a\\nb' > /f", "a\nb\n"),
        ("{ echo a; echo b; } > /f", "a\nb\n"),
        ("f() { echo \"$1\"; }; f a > /f", "a\n"),
        ("f() { printf '%s\\n' \"$@\"; }; f a 'b c' > /f", "a\nb c\n"),
        ("f() { shift; echo $*; }; f a b c > /f", "b c\n"),
        ("f() { echo \"$1\"; }; set -- x y; f a > /g; echo $1 > /f", "x\n"),
        ("n=(a 'b c'); n+=(d); printf '%s\\n' \"${n[@]:1}\" > /f", "b c\nd\n"),
        ("declare -A m=([k]=v); for x in \"${!m[@]}\"; do echo $x; done > /f", "k\n"),
        ("exec 7> /f; echo a >&7; echo b >&7", "a\nb\n"),
        ("printf 'echo $2' > /x.sh; bash -e /x.sh -a b > /f", "b\n"),
        ("bash -c 'echo $1' name a > /f", "a\n"),
        ("trap 'echo a > /f' EXIT", "a\n"),
        ("echo YT0xCg== | base64 --decode > /f", "a=1\n"),
        ("tee /f <<< a=1", "a=1\n"),
        ("cd /; echo a > f", "a\n"),
        ("echo a > /g; cp /g /f", "a\n"),
        ("bash -c 'echo a > /f'", "a\n"),
        ("bash <<'E'\necho a > /f\nE", "a\n"),
        ("eval \"echo a > /f\"", "a\n"),
        ("sudo -u root env A=b sh -c \"echo a\" > /f", "a\n"),
    ],
)  # fmt: skip
def test_what_a_script_writes_is_known(text: str, written: str) -> None:
    assert walked(text).files["/f"] == written


def test_a_file_that_was_written_is_followed_where_it_is_run() -> None:
    walk = walked("cat > /x.sh <<'E'\n#!/bin/sh\nmkfs /dev/a\nE\nchmod +x /x.sh\nexec /x.sh")
    assert [command.text for command in walk.commands if command.verb == "mkfs"] == ["mkfs /dev/a"]
    walk = walked("cat > /x.py <<'E'\n#!/usr/bin/python3\nmkfs /dev/a\nE\n/x.py")
    assert not any(command.verb == "mkfs" for command in walk.commands)


def test_the_background_is_known() -> None:
    places = {command.words[-1]: command.place.background for command in walked("a 1 & b 2; (c 3; d 4) & e 5").commands}
    assert places == {"1": True, "2": False, "3": True, "4": True, "5": False}
