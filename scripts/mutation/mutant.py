"""A small change to a file of the product."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One change to a file: `text` is the line as it stands, without its indentation; `column` counts from there."""

    path: str
    line: int
    column: int
    definition: str
    operator: str
    occurrence: int
    variant: int  # of several that the operator makes of one place
    text: str
    mutated: str = ""

    @property
    def family(self) -> str:
        return re.sub(r"(_[A-Za-z]+)+$", "", self.operator)

    @property
    def place(self) -> tuple[str, int, int, str]:
        return self.path, self.line, self.column, self.family

    @property
    def same(self) -> tuple[str, int, str, int]:
        """What stays when the line moves."""
        return self.operator, self.variant, self.text, self.column

    @property
    def shown(self) -> str:
        return f"{self.operator.partition('/')[2]}: {self.text}"
