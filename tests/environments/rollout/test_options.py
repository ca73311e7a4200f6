"""What a person may choose about running jobs."""

import pytest

from environments.rollout import options as rollout
from kiln.errors import UserError


def test_drain_timeouts_that_make_no_sense() -> None:
    assert rollout.check_options(30, terminate_jobs=False) == rollout.Options(30, False)
    for minutes in (0, -1):
        with pytest.raises(UserError, match="drain-timeout"):
            rollout.check_options(minutes, terminate_jobs=False)
