"""A script followed as bash runs it: functions where they are called, texts that it runs, files that it writes.

Both branches of a condition are followed. Values that only the machine knows stay unknown.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from userdata.shell.calls import Calls
from userdata.shell.commands import Command, Place, Write
from userdata.shell.loops import is_only_a_list, loop_of
from userdata.shell.syntax import Node, line_of
from userdata.shell.words import here_document

_MOST = 4000  # commands: more is a bomb


class Walk(Calls):
    """Follows a script; several scripts of one machine can be walked one after another, with the same `files`."""

    def _stmt(self, stmt: Node, place: Place, stdin: str, pipeline: str = "") -> str:
        if stmt.get("Background") or stmt.get("Coprocess"):
            self._jobs += 1
            self._env["!"] = f"\0job{self._jobs}"
            place = replace(place, background=True, job=self._jobs)
        line = place.line or line_of(stmt)
        targets: list[tuple[str, str]] = []
        for redirection in stmt.get("Redirs", ()):
            stdin = self._redirect(redirection, place, stdin, targets)
        if len(self.commands) > _MOST:
            self.complete = False
            return ""
        before = len(self.writes)
        printed = self._command(stmt.get("Cmd") or {}, place, stdin, line, pipeline)
        for path, how in targets:
            program = self.commands[-1].text if before <= len(self.writes) and self.commands else ""
            self._write(Write(path, how, printed, line, place, program))
        return "" if targets else printed

    def _redirect(self, redirection: Node, place: Place, stdin: str, targets: list[tuple[str, str]]) -> str:
        operator, word = redirection.get("Op", ""), redirection.get("Word")
        if operator in {"<<", "<<-"} and redirection.get("Hdoc"):
            parts = (word or {}).get("Parts", [{}])
            literal = any(part.get("Type") != "Lit" or "\\" in part.get("Value", "") for part in parts)
            text = here_document(redirection["Hdoc"], self._env, self._substitute(place), literal=literal)
            return "\n".join(row.lstrip("\t") for row in text.split("\n")) if operator == "<<-" else text
        path = self._text(word, place)
        if operator == "<<<":
            return path + "\n"
        if "/dev/tcp/" in path:
            self.commands.append(Command(("/dev/tcp", path), place, place.line or line_of(redirection)))
        if operator == "<":
            return self.files.get(self._absolute(path), "")
        number = (redirection.get("N") or {}).get("Value", "")
        if operator in {">", ">|", ">>", "&>", "&>>", "<>"}:
            target = (path, "append" if operator.endswith(">>") else "replace")
            if number in {"", "1"}:
                targets.append(target)
            else:
                self._opened[number] = (path, "append")  # exec 3>> FILE, and later >&3
        elif operator == ">&" and number in {"", "1"} and path in self._opened:
            targets.append(self._opened[path])
        return stdin

    def _command(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        handler: Callable[..., str] | None = getattr(self, f"_{node.get('Type', '').lower()}", None)
        if handler:
            return handler(node, place, stdin, line, pipeline)
        for expression in (node.get("X"), node.get("Exprs")):
            self._expression(expression, place, line)
        return ""

    def _expression(self, tree: Any, place: Place, line: int) -> None:
        """A test such as [[ -e FILE ]]: kept as a command, with what it asks by $(…)."""
        parts: list[str] = []
        self._collect(tree, place, parts)
        if parts:
            self._note(Command(("[[", *parts), place, line))

    def _collect(self, tree: Any, place: Place, parts: list[str]) -> None:
        if isinstance(tree, list):
            for item in tree:
                self._collect(item, place, parts)
        elif isinstance(tree, dict):
            if tree.get("Type") == "Word" or ("Parts" in tree and "Type" not in tree):
                parts.append(self._text(tree, place))
                return
            if isinstance(tree.get("Op"), str):
                parts.append(tree["Op"])
            for side in ("X", "Y"):
                self._collect(tree.get(side), place, parts)

    def _block(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        return self._stmts(node.get("Stmts", []), place, stdin)

    _subshell = _block

    def _ifclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        printed = self._stmts(node.get("Cond", []), place, stdin)
        place = replace(place, conditional=True)
        printed += self._stmts(node.get("Then", []), place, stdin)
        return printed + (self._ifclause(node["Else"], place, stdin, line, pipeline) if node.get("Else") else "")

    def _caseclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        self._text(node.get("Word"), place)
        place = replace(place, conditional=True)
        return "".join(self._stmts(item.get("Stmts", []), place, stdin) for item in node.get("Items", ()))

    def _whileclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        inside = self._in_loop(node, place, line)
        return self._stmts(node.get("Cond", []), inside, stdin) + self._stmts(node.get("Do", []), inside, stdin)

    def _forclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        head = node["Loop"]
        if head["Type"] == "WordIter":
            items = [text for item in head.get("Items", ()) for text in self._words(item, place)]
            self._env[head["Name"]["Value"]] = " ".join(items)
        return self._stmts(node.get("Do", []), self._in_loop(node, place, line), stdin)

    def _in_loop(self, node: Node, place: Place, line: int) -> Place:
        loop = loop_of(node, self._functions)
        if loop is None:
            return place if is_only_a_list(node) else replace(place, counted=True)
        inside = place.within(replace(loop, line=line))
        self._note(Command((":loop",), inside, line))
        return inside

    def _binarycmd(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        if node["Op"] not in {"|", "|&"}:
            return self._stmt(node["X"], place, stdin) + self._stmt(node["Y"], place, stdin)
        start = len(self.commands)
        printed = self._stmt(node["X"], place, stdin)
        printed = self._stmt(node["Y"], place, printed)
        whole = " | ".join(command.text for command in self.commands[start:])
        self.commands[start:] = [replace(command, pipeline=whole) for command in self.commands[start:]]
        return printed

    def _funcdecl(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        self._functions[node["Name"]["Value"]] = node["Body"]
        return ""

    def _timeclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        return self._stmt(node["Stmt"], place, stdin) if node.get("Stmt") else ""

    def _coprocclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        self._jobs += 1
        name = self._text(node.get("Name"), place) or "COPROC"
        self._env[f"{name}_PID"] = f"\0job{self._jobs}"
        return self._stmt(node["Stmt"], replace(place, background=True, job=self._jobs), stdin)

    def _declclause(self, node: Node, place: Place, stdin: str, line: int, pipeline: str) -> str:
        self._assign(node.get("Args", ()), place)
        return ""
