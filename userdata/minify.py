"""Python programs as user data brings them: without what only readers need."""

import ast
import functools
import platform
from importlib.metadata import version
from pathlib import Path

from kiln import cache
from provision.model.recipe import File


def minify(file: File) -> bytes:
    """The content of a file; of a program of Kiln's own without comments, docstrings and annotations.

    User data has 16 KiB.
    """
    if not file.minify:
        return file.content
    text = file.content.decode()
    made_of = "\n".join((version("python-minifier"), platform.python_version(), _own_source(), text))
    return cache.remember("storage", made_of, lambda: _minified(text)).encode()


@functools.cache
def _own_source() -> str:
    return Path(__file__).read_text()


def _minified(text: str) -> str:
    import python_minifier

    tree = _Prepare().visit(ast.parse(text))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):  # for annotations alone
            statement.names = [alias for alias in statement.names if alias.name in used]
    tree.body = [statement for statement in tree.body if not isinstance(statement, ast.ImportFrom) or statement.names]
    plain = ast.unparse(ast.fix_missing_locations(tree))
    public = [name for name in _names(tree) if not name.startswith("_")]  # other modules may use these alone
    short = python_minifier.minify(
        plain, remove_literal_statements=True, hoist_literals=False, rename_globals=True, preserve_globals=public
    )
    return short + "\n"


def _names(tree: ast.Module) -> set[str]:
    """What a module binds at its top level, and whatever else has a name in it."""
    nodes = list(ast.walk(tree))
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imported = {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    return defined | imported | {node.id for node in nodes if isinstance(node, ast.Name)}


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
        fields = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
        for field in fields:
            field.annotation = ast.Constant(0)
        node.body = [statement if statement in fields else self.visit(statement) for statement in node.body]
        node.body = [statement for statement in node.body if statement]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """As str.format: under Python 3.12 and newer, f-strings are written as only 3.12 and newer can read them."""
        text, values = "", []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                text += "{" + _format_of(part) + "}"
                values.append(self.visit(part.value))
            elif isinstance(part, ast.Constant):
                text += str(part.value).replace("{", "{{").replace("}", "}}")
        return ast.Call(ast.Attribute(ast.Constant(text), "format", ast.Load()), values, [])

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        type_variable = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
        return None if type_variable else self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module == "__future__" else node


def _format_of(value: ast.FormattedValue) -> str:
    """Conversion and format of a replacement field, such as !r:.1f."""
    conversion = "" if value.conversion == -1 else "!" + chr(value.conversion)
    parts = value.format_spec.values if isinstance(value.format_spec, ast.JoinedStr) else []
    spec = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return conversion + (":" + spec if spec else "")
