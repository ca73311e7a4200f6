"""What belongs to the head node of an environment, and how it is called (pure)."""

from dataclasses import dataclass
from pathlib import Path

from cloud import tags

HEAD = "kiln:head-node"
"""The tag of everything that head-up makes; its value is the environment's name."""
KEY = "kiln:head-key"
"""The tag that tells whose machine it is: the fingerprint of the host key that head-up gave it."""
FOLDER = Path("builds")


@dataclass(frozen=True)
class Head:
    """The head node of an environment."""

    environment: str

    @property
    def name(self) -> str:
        """The name of its machine, group, role and instance profile."""
        return f"kiln-head-{self.environment}"

    @property
    def tags(self) -> dict[str, str]:
        """Of everything that is made: the builds' tag is what the policy that iam-policy prints asks for."""
        return {"Name": self.name, HEAD: self.environment, tags.BUILD: self.name}

    @staticmethod
    def mark(key: str) -> dict[str, str]:
        """Make the tag of a machine with the host key of this fingerprint."""
        return {KEY: key}

    @property
    def folder(self) -> Path:
        """Where this computer keeps the key, below the current folder."""
        return FOLDER / f"head-{self.environment}"
