"""What `invoke --list` shows."""

from pathlib import Path

from tests.support.cli import Cli


def test_each_task_has_one_line_of_help(tmp_path: Path) -> None:
    """Where a terminal has 80 columns, which is what invoke takes where there is none."""
    shown = Cli(tmp_path, {"COLUMNS": "80"})("--list").stdout.splitlines()
    tasks = [line for line in shown if line.startswith("  ")]
    assert len(tasks) >= 19
    assert [line for line in tasks if len(line.split(maxsplit=1)) < 2 or line.startswith("   ")] == []
