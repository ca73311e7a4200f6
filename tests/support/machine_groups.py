"""Which tests of machines run in one worker, because they share a machine or what was built: `-p` this to pytest.

pytest-xdist's own groups are marks, which it hands on in the tests' ids; pytest 9.2 keeps ids as they are.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest

from sandbox.command import process

# The longest come first. The first of all begins with an empty account.
GROUPS = (
    *(
        "built",
        "test_runs",
        "storage on al2023",
        "storage on al2",
        "one machine",
        "test_boot_delivery",
        "test_instance_store",
    ),
    "test_machines",
)
SHARED = {
    "test_build": "built",
    "test_environments": "built",
    "test_jobs": "built",
    "test_jobs_blocked": "built",
    "test_jobs_on_one_machine": "built",
    "test_jobs_rollouts": "built",
    "test_salmon": "built",
    "test_sabotage": "one machine",
    "test_guest": "one machine",
    "test_bad_days_on_a_machine": "one machine",
    "test_registry": "one machine",
}


def group(nodeid: str) -> str:
    """The name of what a test shares with others; the name of its file where that is nothing."""
    file, _, test = nodeid.partition("::")
    stem = PurePosixPath(file).stem
    if stem == "test_storage":
        return f"storage on {test.partition('[')[2].rstrip(']')}"
    return SHARED.get(stem, stem)


def place(nodeid: str) -> int:
    """Where its group comes: smaller is earlier; a new file comes last."""
    named = group(nodeid)
    return GROUPS.index(named) if named in GROUPS else len(GROUPS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A worker gets whole groups, in the order of collection, the next as soon as it is through with the last."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return ByGroup(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what workers have left running: at Ctrl-C, and at CI's limit, they are ended before their fixtures are."""
    if not hasattr(session.config, "workerinput"):
        for home in session.config._tmp_path_factory.getbasetemp().glob("popen-*/sandbox[0-9]*"):  # type: ignore[attr-defined]
            process.stop(home)
