"""What names stand for in closures: the attempt, what it asks for, parameters (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nextflow.config.check.groovy.amounts import Invalid, Memory, Unknowable, Value, read_cpus, read_memory
from nextflow.config.check.groovy.closures import compile_value
from nextflow.config.check.groovy.methods import call_math

_MAXIMA = {"memory": "max_memory", "cpus": "max_cpus", "time": "max_time"}


@dataclass
class Attempt:
    """The scope of an attempt's closures. `options` are the process's own, with those of all processes below them."""

    attempt: int
    options: Mapping[str, str]
    params: Mapping[str, str]
    before: "Attempt | None" = None
    _busy: set[str] = field(default_factory=set)

    def value(self, option: str) -> Value:
        """Work out a process's option; None where it has none. Raises Unknowable."""
        if option not in self.options:
            return None
        if option in self._busy:
            raise Unknowable(f"task.{option} of itself")
        self._busy.add(option)
        try:
            return compile_value(self.options[option])(self)
        except RecursionError:
            raise Unknowable("it is too deep") from None
        finally:
            self._busy.discard(option)

    def get(self, path: Sequence[str]) -> Value:
        match list(path):
            case ["task", "attempt"]:
                return self.attempt
            case ["task", "memory"]:
                size = read_memory(self.value("memory"))
                return None if size is None else Memory(size)
            case ["task", "cpus"]:
                return read_cpus(self.value("cpus"))
            case ["task", "queue" | "maxRetries" as option]:
                return self.value(option)
            case ["task", "previousTrace"]:
                return self.before
            case ["task", "previousTrace", "memory"] if self.before:
                return read_memory(self.before.value("memory"))
            case ["task", "previousTrace", "cpus"] if self.before:
                return self.before.value("cpus")
            case ["params", *names] if ".".join(names) in self.params:
                return compile_value(self.params[".".join(names)])(self)
        raise Unknowable(".".join(path))

    def call(self, path: Sequence[str], arguments: Sequence[Value]) -> Value:
        """`check_max(…)`, which pipelines had before resourceLimits, and Math's; Unknowable for others."""
        if path[-1] == "check_max" and len(arguments) == 2:
            return self._bound(arguments[0], str(arguments[1]))
        if path[0] == "Math" and len(path) == 2:
            return call_math(path[1], arguments)
        raise Unknowable(f"{'.'.join(path)}(…)")

    def _bound(self, value: Value, kind: str) -> Value:
        name = _MAXIMA.get(kind, "")
        if name not in self.params:
            return value
        most = compile_value(self.params[name])(self)
        if kind == "memory":
            try:
                sizes = [size for size in (read_memory(value), read_memory(most)) if size is not None]
            except Invalid:
                return value  # as check_max does
            return Memory(min(sizes)) if sizes else None
        try:
            return min(value, int(most)) if kind == "cpus" else value
        except (TypeError, ValueError):
            return value
