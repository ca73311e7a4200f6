"""Which queue and which job definition of an environment are the heads', jobs that are workflows themselves (pure)."""

from collections.abc import Iterable

HEAD = "head"
NEXTFLOW = "nextflow"


def find_head_queue(names: Iterable[str]) -> str:
    """Find the queue of heads, head or one whose name ends so; "" where there is none.

    No task goes there where there is another queue.
    """
    return _find(names, HEAD)


def find_head_definition(names: Iterable[str]) -> str:
    """Find the job definition of heads, nextflow or one whose name ends so; nextflow where the environment has none.

    `names` are those of the environment's own definitions: another environment may have registered the heads'.
    """
    return _find(names, NEXTFLOW) or NEXTFLOW


def _find(names: Iterable[str], usual: str) -> str:
    """The usual name, else the first by alphabet of those that end so: AWS's order is not the definition's."""
    named = [name for name in names if name == usual or name.endswith((f"-{usual}", f"_{usual}"))]
    return usual if usual in named else min(named, default="")
