"""A simple command as it is run: its words, and where in the script it stands."""

import re
from dataclasses import dataclass, replace

# Programs that run the words behind them: how many words of their own they take, and which options take a value.
_WRAPPERS: dict[str, tuple[int, str]] = {
    "sudo": (0, "ugpCrtT"), "env": (0, "uC"), "nice": (0, "n"), "ionice": (0, "cnp"), "nohup": (0, ""),
    "timeout": (1, "ks"), "time": (0, "fo"), "exec": (0, "a"), "command": (0, ""), "builtin": (0, ""),
    "stdbuf": (0, "ioe"), "setsid": (0, ""), "flock": (1, "wE"), "cloud-init-per": (2, ""), "systemd-run": (0, "puEM"),
    "systemd-cat": (0, "tp"), "chrt": (1, ""), "taskset": (1, ""), "busybox": (0, ""), "xargs": (0, "nILPdEsa"),
    "runuser": (0, "ugG"), "chronic": (0, ""), "doas": (0, "u"),
}  # fmt: skip
_FOREGROUND_UNITS = {"--wait", "--scope", "--pipe", "-P", "--pty", "-t"}
_LONG_WITH_VALUE = {
    "--user", "--group", "--kill-after", "--signal", "--unit", "--property", "--setenv", "--description", "--uid",
    "--gid", "--on-active", "--slice", "--timeout",
}  # fmt: skip


@dataclass(frozen=True)
class Loop:
    """A loop that ends by no count. `head` is its source line; `endless` where nothing in it ends it."""

    line: int
    endless: bool = False
    reads: bool = False  # over the lines of a text


@dataclass(frozen=True)
class Place:
    """Where a command stands: in the background, under a time limit, in which loops; `line` of a text inside a text.

    `loops` end by no count and stand inside the time limit, if there is one; `around` are those outside it, which try
    again when the time is over. `counted`: in a loop that ends by a count, and in no other inside of that.
    """

    background: bool = False
    bounded: bool = False
    counted: bool = False
    loops: tuple[Loop, ...] = ()
    around: tuple[Loop, ...] = ()
    line: int | None = None
    depth: int = 0
    job: int = 0
    conditional: bool = False  # in a branch of if or case

    def limited(self) -> "Place":
        """The same place under a limit of time."""
        return replace(self, bounded=True, loops=(), around=(*self.around, *self.loops))

    def within(self, loop: Loop) -> "Place":
        """The same place inside a loop that ends by no count."""
        return replace(self, loops=(*self.loops, loop), counted=False)


@dataclass(frozen=True)
class Command:
    """`words` without wrappers such as sudo; `pipeline` has all words of its pipeline, for looks at what grep sees."""

    words: tuple[str, ...]
    place: Place
    line: int
    pipeline: str = ""

    @property
    def verb(self) -> str:
        """The program's name without its folder."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Write:
    """What a command does to a file: `how` is append, replace, edit or remove; `text` what is written, if known.

    `program` is the text of an editing program, such as sed's or jq's.
    """

    path: str
    how: str
    text: str
    line: int
    place: Place
    program: str = ""


def unwrap(words: tuple[str, ...], place: Place) -> tuple[tuple[str, ...], Place]:
    """The command behind sudo, timeout, nohup and their like; () where it is only asked for (`command -v`)."""
    for _ in range(20):
        words = _without_assignments(words)
        name = words[0].rpartition("/")[2] if words else ""
        if name not in _WRAPPERS:
            return words, place
        own, valued = _WRAPPERS[name]
        options, rest = _options(words[1:], valued)
        if name == "systemd-run" and "--no-block" not in options and re.search(r"\bAfter=", " ".join(words)):
            return words, place  # it waits for its unit's start, and so for whatever that is ordered behind
        if name == "command" and {"-v", "-V"} & set(options):
            return (), place
        if name in {"runuser", "flock"} and "-c" in options:  # a text, as with su
            return ("bash", "-c", *rest[own:]), place
        if (name == "setsid" and {"-f", "--fork"} & set(options)) or (
            name == "systemd-run"
            and not _FOREGROUND_UNITS & set(options)
            and ("--no-block" in options or "Type=oneshot" not in " ".join(words))
        ):
            place = replace(place, background=True)
        if name in {"env", "sudo"}:
            rest = _without_assignments(rest)
        if name == "timeout" and not re.fullmatch(r"0+[smhd]?|inf.*", rest[0] if rest else "0"):
            place = place.limited()
        if name == "exec" and not rest:
            return (), place
        words = rest[own:]
    return words, place


def _without_assignments(words: tuple[str, ...]) -> tuple[str, ...]:
    while words and re.match(r"[A-Za-z_]\w*\+?=", words[0]):
        words = words[1:]
    return words


def _options(words: tuple[str, ...], valued: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Options at the beginning, and the words behind them."""
    options: list[str] = []
    while words and words[0].startswith("-") and words[0] != "-":
        option, words = words[0], words[1:]
        options.append(option)
        if option == "--":
            break
        takes = option in _LONG_WITH_VALUE or (len(option) == 2 and option[1] in valued)
        if takes and words:
            words = words[1:]
    return tuple(options), words
