"""The storage program of `storage_daemon/`, as files for a machine.

Its sources are data here, read and not imported: it runs on the machine, with the machine's own Python.
"""

import ast
import functools
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from kiln import cache
from provision.model.recipe import File

SOURCE = Path(__file__).parents[2] / "storage_daemon"
PACKAGE = "kiln_storage"
FOLDER = f"/usr/local/lib/kiln-storage/{PACKAGE}"

# Each file system's module is only loaded where it is used.
_ONE_OF = {"btrfs": "lvm.py", "lvm": "btrfs.py"}


def program_source(filesystem: Literal["btrfs", "lvm"]) -> dict[str, str]:
    """File name → source of every module that the program needs for a file system, in a fixed order."""
    return {path.name: path.read_text() for path in sorted(SOURCE.glob("*.py")) if path.name != _ONE_OF[filesystem]}


def delivered(file: File) -> File:
    """A file of the program as user data brings it; any other file as it is.

    User data has 16 KiB: what only readers need (comments, docstrings, annotations) is left out.
    """
    if not file.path.startswith(f"{FOLDER}/"):
        return file
    text = file.content.decode()
    made_of = "\n".join((version("python-minifier"), platform.python_version(), _own_source(), text))
    return replace(file, content=cache.remembered("storage", made_of, lambda: _minified(text)).encode())


@functools.cache
def _own_source() -> str:
    return Path(__file__).read_text()


def wrapper(python: str) -> str:
    """The command `kiln-storage`, for the interpreter at that path."""
    return f'#!/bin/sh\nPYTHONPATH={FOLDER.rpartition("/")[0]} exec {python} -s -m {PACKAGE} "$@"\n'


def _minified(text: str) -> str:
    import python_minifier

    tree = _Prepare().visit(ast.parse(text))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for each in tree.body:
        if isinstance(each, ast.ImportFrom):  # for annotations alone
            each.names = [alias for alias in each.names if alias.name in used]
    tree.body = [each for each in tree.body if not isinstance(each, ast.ImportFrom) or each.names]
    plain = ast.unparse(ast.fix_missing_locations(tree))
    return python_minifier.minify(plain, remove_literal_statements=True, hoist_literals=False) + "\n"


class _Prepare(ast.NodeTransformer):
    """What the minifier does not: what only annotations name, methods that only say what others must have, f-strings.

    A field of a dataclass keeps an annotation, which says that it is a field.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        node.returns = None
        return None if ast.unparse(node.body[-1]) == "raise NotImplementedError" else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
        for each in fields:
            each.annotation = ast.Constant(0)
        node.body = [each if each in fields else self.visit(each) for each in node.body]
        node.body = [each for each in node.body if each]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """As str.format: under Python 3.12 and newer, f-strings are written as only 3.12 and newer can read them."""
        text, values = "", []
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                text += "{" + _format_of(each) + "}"
                values.append(self.visit(each.value))
            elif isinstance(each, ast.Constant):
                text += str(each.value).replace("{", "{{").replace("}", "}}")
        return ast.Call(ast.Attribute(ast.Constant(text), "format", ast.Load()), values, [])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module == "__future__" else node


def _format_of(value: ast.FormattedValue) -> str:
    """Conversion and format of a replacement field, such as !r:.1f."""
    conversion = "" if value.conversion == -1 else "!" + chr(value.conversion)
    parts = value.format_spec.values if isinstance(value.format_spec, ast.JoinedStr) else []
    spec = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return conversion + (":" + spec if spec else "")
