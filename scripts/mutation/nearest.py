"""Which tests are nearest to a module: those of its room that import it, or import what imports it."""

import ast
import re
from collections.abc import Mapping

FAR = 2  # imports between a test and a module
MANY = 4
_OFFLINE_AWS = re.compile(r"\b(sandbox|[Pp]atient|Cli)\b")


class Nearest:
    """The tests among the files of a tree, given as path → text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._imports = {path: {name for name in _imported(text) if name in texts} for path, text in texts.items()}
        self._tests = sorted(path for path in texts if re.match(r"tests/.*/test_[a-z_0-9]*\.py$", path))
        self._slow = {path for path in self._tests if _OFFLINE_AWS.search(texts[path])}

    def to(self, path: str) -> list[str]:
        """Paths of MANY tests at most: the module's namesake, and the others with the fewest imports between.

        Those that start the offline AWS are asked only where no other is near; where none of the room's is near, those
        of other rooms that import the module.
        """
        room, name = path.partition("/")[0], path.rpartition("/")[2]
        own = [test for test in self._tests if test.startswith(f"tests/{room}/")]
        namesakes = [test for test in own if test.endswith(f"/test_{name}") and self._distance(test, path) <= FAR + 1]
        quick = [test for test in own if test not in self._slow]
        near = self._closest(quick, path) or self._closest(own, path)
        if not near and not namesakes:
            near = own if 0 < len(own) <= MANY else self._closest(self._tests, path)
        return list(dict.fromkeys([*namesakes, *near]))[:MANY]

    def _closest(self, tests: list[str], path: str) -> list[str]:
        far = {test: self._distance(test, path) for test in tests}
        least = min(far.values(), default=FAR + 1)
        return [test for test in tests if far[test] == least <= FAR]

    def _distance(self, start: str, goal: str) -> int:
        reached, step = {start}, 0
        while goal not in reached and step <= FAR:
            step += 1
            reached = reached.union(*(self._imports[path] for path in reached))
        return step if goal in reached else FAR + 1


def _imported(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    files = {name.replace(".", "/") + ".py" for name in names}
    return files | {name.replace(".", "/") + "/__init__.py" for name in names}
