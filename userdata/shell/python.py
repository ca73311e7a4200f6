"""A Python program followed as a script is: the programs that it runs, and what it asks in its loops.

It becomes commands of the same kind: `subprocess.run(["systemctl", "start", "x"])` is that command, and any other call
(`urlopen("http://…")`, `Path("/x").exists()`) a command `python` with the texts and numbers that go into it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from userdata.shell.commands import Command, Loop, Place, Write
from userdata.shell.python_loops import is_only_a_list, loop_of
from userdata.shell.python_names import Function, Names
from userdata.shell.python_writes import list_writes
from userdata.shell.syntax import Unreadable
from userdata.shell.words import UNKNOWN

_FIRST = re.compile(r"#! ?\S*/(env (-S )?)?\S*python[\d.]*(\s|$)")
_RUNS = re.compile(
    r"(subprocess\.)?(run|call|check_call|check_output|getoutput|getstatusoutput|Popen)|os\.(system|popen)"
)
_TELLS = re.compile(r"print|(log\w*|syslog|sys\.std(out|err))\.\w+")
_DEEPEST = 12


def is_python(text: str) -> bool:
    """Whether a script is Python, by its first line."""
    return bool(_FIRST.match(text))


@dataclass
class Python:
    """`note` keeps a command, `call` keeps and follows the program that its words run, `run` a text for the shell.

    `write` keeps a file that it writes.
    """

    note: Callable[[Command], None]
    call: Callable[[tuple[str, ...], Place, int], None]
    run: Callable[[str, Place, int], str]
    write: Callable[[Write], None]
    _names: Names = field(default_factory=Names)
    _under_way: list[Function] = field(default_factory=list)
    _waits: bool = False

    def follow(self, text: str, place: Place) -> None:
        """Follow a program; raises Unreadable for a text that is none."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError) as error:
            raise Unreadable(
                getattr(error, "lineno", None) or 1, f"Python does not read it ({error})", by_bash=False
            ) from None
        self._names.read(tree)
        names = {_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        self._waits = any(name.endswith((".wait", ".communicate")) for name in names)
        for file in list_writes(tree, lambda node: list(self._texts(node, 0))):
            self.write(Write(file.path, file.how, file.text, place.line or file.line, place))
        self._all(tree.body, replace(place, background=place.background or "os.fork" in names))

    def _all(self, nodes: list[ast.stmt], place: Place) -> None:
        for node in nodes:
            self._visit(node, place)

    def _visit(self, node: ast.AST, place: Place) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return  # where it is called
        if isinstance(node, ast.While | ast.For | ast.AsyncFor):
            place = self._in_loop(node, place)
        if isinstance(node, ast.Call):
            self._call(node, place)
        if isinstance(node, ast.If):
            self._visit(node.test, place)
            self._all([*node.body, *node.orelse], replace(place, conditional=True))
            return
        for child in ast.iter_child_nodes(node):
            self._visit(child, place)

    def _in_loop(self, node: ast.While | ast.For | ast.AsyncFor, place: Place) -> Place:
        loop = loop_of(node)
        if loop is None:
            return place if is_only_a_list(node) else replace(place, counted=True)
        line = place.line or node.lineno  # of all that is in it
        inside = replace(place.within(replace(loop, line=line)), line=line)
        self.note(Command((":loop",), inside, line))
        # What is asked in a loop may be spread over it: the program here, before or behind it what is looked for.
        asked = [_name(part) for part in ast.walk(node) if isinstance(part, ast.Call)]
        said = " ".join([*(name for name in asked if not _TELLS.fullmatch(name)), *self._texts(node, 0)])
        self.note(Command(("python", said, said), inside, line))
        return inside

    def _call(self, node: ast.Call, place: Place) -> None:
        name, line = _name(node), place.line or node.lineno
        targets = [word.value for word in node.keywords if word.arg == "target"] if name.endswith("Thread") else []
        daemon = any(word.arg == "daemon" and getattr(word.value, "value", False) for word in node.keywords)
        for called in [node.func, *targets]:
            function = self._names.find_function(called)
            if function and place.depth < _DEEPEST:
                self._enter(function, node, replace(place, background=place.background or daemon))
        if _RUNS.fullmatch(name) and node.args:
            self._run(node, name, place, line)
        elif not _TELLS.fullmatch(name) and not name.endswith("sleep"):
            self.note(Command(("python", name, *self._texts(node, 0)), place, line))

    def _enter(self, function: Function, node: ast.Call, place: Place) -> None:
        """Follow a call into a function; one that calls itself is a loop, and what it is given may count."""
        inside = replace(place, depth=place.depth + 1)
        if function in self._under_way:
            given = bool(node.args or node.keywords)
            line = place.line or node.lineno
            inside = replace(place, counted=True) if given else place.within(Loop(line))
            inside = replace(inside, depth=_DEEPEST, line=line)
        self._under_way.append(function)
        self._all(function.body, inside)
        self._under_way.pop()

    def _run(self, node: ast.Call, name: str, place: Place, line: int) -> None:
        if any(word.arg == "timeout" for word in node.keywords):
            place = place.limited()
        if name.endswith(("Popen", "popen")) and not self._waits:
            place = replace(place, background=True)
        given = self._resolved(node.args[0])
        if isinstance(given, ast.List | ast.Tuple):
            self.call(tuple("".join(self._texts(item, 0)) or UNKNOWN for item in given.elts), place, line)
        else:
            self.run("".join(self._texts(given, 0)), place, line)

    def _resolved(self, node: ast.expr) -> ast.expr:
        return self._names.values.get(node.id, node) if isinstance(node, ast.Name) else node

    def _texts(self, node: ast.AST, depth: int) -> Iterator[str]:
        """The texts and numbers of an expression: also those behind names, and in the functions that it calls."""
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | None):
            yield str(node.value)
        elif isinstance(node, ast.Name) and depth < _DEEPEST:
            for behind in (self._names.values.get(node.id), self._names.functions.get(node.id)):
                yield from self._texts(behind, depth + 1) if behind else ()
        elif isinstance(node, ast.Attribute) and depth < _DEEPEST and (method := self._names.find_function(node)):
            yield from self._texts(method, depth + 1)
        elif not (isinstance(node, ast.Call) and (_TELLS.fullmatch(_name(node)) or _name(node).endswith("sleep"))):
            for child in ast.iter_child_nodes(node):
                yield from self._texts(child, depth + 1)


def _name(node: ast.Call) -> str:
    return ast.unparse(node.func)
