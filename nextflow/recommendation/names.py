"""Names of processes, as short as they are still their own."""

from collections.abc import Sequence


def shorten(processes: Sequence[str]) -> dict[str, str]:
    """Cut the workflows in front of a name off (A:B:STAR → STAR), as far as no other process ends so."""
    short = {}
    for process in processes:
        parts = process.split(":")
        ends = [":".join(parts[begin:]) for begin in range(len(parts) - 1, -1, -1)]
        short[process] = next((end for end in ends if sum(_ends_with(other, end) for other in processes) == 1), process)
    return short


def _ends_with(process: str, end: str) -> bool:
    return process == end or process.endswith(f":{end}")
