"""The parts of botocore that tests replace are there, and are called as they were."""

import pytest

from sandbox.seams.seam import Seam
from tests.support.botocore_once import SEAMS


@pytest.mark.parametrize("seam", SEAMS, ids=str)
def test_a_part_of_botocore_is_there_and_called_alike(seam: Seam) -> None:
    seam.checked()
