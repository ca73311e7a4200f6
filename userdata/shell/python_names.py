"""What the names of a Python program stand for: functions, methods of its classes, and what is assigned (pure)."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
_OWN = {"self", "cls"}


@dataclass
class Names:
    """`functions` by name, methods apart; `methods` by name, whichever class they are of; `values` by name."""

    functions: dict[str, Function] = field(default_factory=dict)
    methods: dict[str, Function] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)

    def read(self, tree: ast.AST) -> None:
        """Learn the names of a program."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self.classes.add(node.name)
                self.methods |= {part.name: part for part in node.body if isinstance(part, Function)}
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self.values |= dict(_pair(target, node.value))
        methods = set(self.methods.values())
        functions = (node for node in ast.walk(tree) if isinstance(node, Function) and node not in methods)
        self.functions |= {function.name: function for function in functions}

    def find_function(self, called: ast.expr) -> Function | None:
        """Find the function of the program that is called, or a method of an object of its own."""
        if isinstance(called, ast.Name):
            return self.functions.get(called.id)
        if isinstance(called, ast.Attribute) and self._is_own(called.value):
            return self.methods.get(called.attr)
        return None

    def _is_own(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Name):
            return value.id in _OWN or self._makes(self.values.get(value.id))
        return self._makes(value)

    def _makes(self, value: ast.expr | None) -> bool:
        return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self.classes


def _pair(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Pair names with values: also of HOST, PORT = "localhost", 51678."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for name, part in zip(target.elts, value.elts, strict=True):
            yield from _pair(name, part)
