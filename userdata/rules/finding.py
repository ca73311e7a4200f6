"""What a rule finds wrong, and in which text."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """`refused`: the machine could not work; else a warning. `line` is the text's own, from 1, or None."""

    what: str
    why: str
    hint: str
    refused: bool
    line: int | None = None


@dataclass(frozen=True)
class Script:
    """A shell script that a machine runs: `who` names it. `lines` are its lines' numbers in the text that people wrote.

    `early`: before the network is up (boothook, bootcmd). `builder`: on a builder, and not on a machine of AWS Batch.
    """

    who: str
    text: str
    lines: tuple[int, ...] = ()
    early: bool = False
    builder: bool = False

    def line(self, number: int) -> int:
        """The line of the text that people wrote."""
        return self.lines[min(number, len(self.lines)) - 1] if self.lines else number

    def quote(self, number: int) -> str:
        """The script's own words on a line, short enough for a screen."""
        rows = self.text.split("\n")
        row = rows[number - 1].strip() if 0 < number <= len(rows) else ""
        return row if len(row) <= 90 else row[:89] + "…"


@dataclass(frozen=True)
class Brought:
    """A file that a definition puts on the machine."""

    who: str
    path: str
    text: str
    append: bool = False
    line: int | None = None
    builder: bool = False

    @property
    def place(self) -> str:
        """Which file, and the line where it is defined, as far as `who` does not say it."""
        path = "" if self.path in self.who else f" in {self.path}"
        return path + (f" (line {self.line})" if self.line else "")


@dataclass(frozen=True)
class Material:
    """All that one definition brings: scripts in the order in which they run, files, and whole texts for secrets."""

    scripts: tuple[Script, ...] = ()
    files: tuple[Brought, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    """Who and text: whatever a machine's tasks could read."""
    upgrades: tuple[tuple[str, int], ...] = ()
    """Who and line of what upgrades all packages by a key of cloud-config."""
    findings: tuple[Finding, ...] = field(default=())
    """What was wrong with a text before any rule could be asked."""
