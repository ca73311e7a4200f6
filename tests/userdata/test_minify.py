import ast
import base64
import gzip
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from provision.docker.storage_program import list_files
from provision.model.recipe import File
from userdata.minify import minify


def sources(filesystem: Literal["btrfs", "lvm"]) -> dict[str, str]:
    return {file.path.rpartition("/")[2]: file.content.decode() for file in list_files(filesystem)}


def without_comments(sources: dict[str, str]) -> dict[str, str]:
    return {name: minify(File(name, text.encode(), minify=True)).decode() for name, text in sources.items()}


BOTH = {**sources("lvm"), **sources("btrfs")}


def annotations(source: str) -> list[ast.expr]:
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return [arg.annotation for f in functions for arg in f.args.args if arg.annotation] + [
        f.returns for f in functions if f.returns
    ]


@pytest.mark.parametrize("filesystem", ["btrfs", "lvm"])
def test_the_minified_program_leaves_room_in_user_data(filesystem: Literal["btrfs", "lvm"]) -> None:
    text = "".join(without_comments(sources(filesystem)).values())
    packed = len(base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)))
    print(f"{filesystem}: {packed} bytes of the 16,384 that user data may have")
    assert packed <= 12 * 1024


def test_files_of_the_user_are_delivered_as_they_are() -> None:
    own = File("/opt/own/__init__.py", b"# a comment\n")
    assert minify(own) == own.content


def test_minified_it_has_no_string_that_an_older_python_cannot_read() -> None:
    """ast.unparse of 3.12 writes f'{', '.join(x)}', which Python 3.11 refuses: machines have a Python of their own."""
    for name, source in without_comments(BOTH).items():
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)], name


def test_what_is_formatted_stays_the_same() -> None:
    source = "x, words = 2.25, ['a', 'b']\nprint(f'{{{x:.1f}}} {\", \".join(words)!r} {f\"{x}\"}')\n"
    ended = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout
        for text in (source, without_comments({"a.py": source})["a.py"])
    ]
    assert ended == ["{2.2} 'a, b' 2.25\n"] * 2


def test_minified_it_is_the_same_program(tmp_path: Path) -> None:
    """It decides as the sources do, and nothing that only readers need is left."""
    (tmp_path / "kiln_storage").mkdir()
    for name, source in without_comments(BOTH).items():
        (tmp_path / "kiln_storage" / name).write_text(source)
        assert annotations(source) == []
        assert '"""' not in source
    script = """
from kiln_storage import policy, settings, pending, btrfs, lvm, grow, prepare, watch, status
s = settings.Settings("lvm", "/d", "/dev/sdc", 20, 10, 10, 25, 90, 4, "gp3", True)
print([policy.next_size(s, n, 20 + 10 * n) for n in range(5)], policy.why_grow(policy.Space(100, 19), 0, 30, 20))
print(pending.Pending().token("i-1") == pending.Pending(ordinal=0).token("i-1") != pending.Pending(1).token("i-1"))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "[10, 20, 25, 25, 0] 19 % free, below 20 %\nTrue\n", done.stderr


def short(source: str) -> ast.Module:
    return ast.parse(without_comments({"a.py": source})["a.py"])


def test_a_dataclasses_fields_stay_fields_whatever_their_types() -> None:
    """Python finds them by their annotations, whatever these say; the names of types need not travel."""
    source = "from dataclasses import dataclass\nfrom typing import Optional\n"
    source += "@dataclass\nclass A:\n    x: Optional[int]\n    y: int = 1\n"
    [imported, made] = short(source).body
    assert isinstance(imported, ast.ImportFrom)
    assert [alias.name for alias in imported.names] == ["dataclass"]
    assert isinstance(made, ast.ClassDef)
    assert [ast.unparse(field).replace(" ", "") for field in made.body] == ["x:0", "y:0=1"]


def test_annotations_of_variables_go_and_their_values_stay() -> None:
    plain = short("x: int = 5\ny: int\ndef f(a: int) -> int:\n    b: int = a\n    c: int\n    return b\n")
    assert not [node for node in ast.walk(plain) if isinstance(node, ast.AnnAssign)]
    assert annotations(ast.unparse(plain)) == []
    space: dict[str, int] = {}
    exec(compile(plain, "a.py", "exec"), space)  # of this test's own
    assert space["x"] == 5
    assert "y" not in space


def test_methods_that_only_say_what_others_must_have_go() -> None:
    source = (
        "class A:\n    def f(self):\n        '''What it does.'''\n        raise NotImplementedError\n"
        "    def g(self):\n        print(1)\n        return 2\n"
        "    def h(self):\n        raise NotImplementedError('x')\n"
    )
    [made] = short(source).body
    assert isinstance(made, ast.ClassDef)
    assert [method.name for method in made.body if isinstance(method, ast.FunctionDef)] == ["g", "h"]


def test_what_is_imported_for_annotations_alone_goes() -> None:
    source = "from __future__ import annotations\nimport os\nfrom typing import List, cast\nx = cast(int, os.sep)\n"
    imports = [ast.unparse(node) for node in short(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["import os", "from typing import cast"]


def test_literals_stay_where_they_are() -> None:
    """A name for a text that stands often costs more than it saves once it is packed."""
    plain = short("print('abcdefgh', 'abcdefgh', 'abcdefgh')\n")
    assert [node.id for node in ast.walk(plain) if isinstance(node, ast.Name)] == ["print"]
