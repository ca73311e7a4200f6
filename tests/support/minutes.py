"""The minutes that tests took, by file, slowest first.

`pytest --minutes PATH` writes them down as tests end, so that a run which is stopped leaves them too;
`python -m tests.support.minutes PATH` prints them.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--minutes", type=Path, help="file to which the seconds of every test are added")


def pytest_configure(config: pytest.Config) -> None:
    path: Path | None = config.getoption("--minutes")
    if path and not hasattr(config, "workerinput"):  # workers' tests are reported where they are handed out
        config.pluginmanager.register(Written(path))


class Written:
    """Adds a line to a file for each phase of a test: its seconds, a tab, its file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        with self._path.open("a") as lines:
            lines.write(f"{report.duration:.3f}\t{report.nodeid.partition('::')[0]}\n")


def table(lines: Iterable[str]) -> list[str]:
    """Minutes per file, slowest first, as they are printed; files of less than a tenth of a minute are one line."""
    seconds: dict[str, float] = defaultdict(float)
    for line in lines:
        duration, _, file = line.rstrip("\n").partition("\t")
        seconds[file] += float(duration)
    slow = {file: took for file, took in seconds.items() if took >= 6}
    rows = [f"{took / 60:6.1f}  {file}" for file, took in sorted(slow.items(), key=lambda row: -row[1])]
    if quick := seconds.keys() - slow.keys():
        rows.append(f"{sum(seconds[file] for file in quick) / 60:6.1f}  {len(quick)} quicker files")
    return rows


if __name__ == "__main__":
    written = Path(sys.argv[1])
    if written.exists():
        print("minutes of tests, by file:", *table(written.read_text().splitlines()), sep="\n")
