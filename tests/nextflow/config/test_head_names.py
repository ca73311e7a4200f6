"""The queue and the job definition of heads have one name, whoever asks for it."""

import pytest

from nextflow.config.head_names import find_head_definition, find_head_queue


@pytest.mark.parametrize(
    ("names", "queue"),
    [
        (["default", "head"], "head"),
        (["lab-head", "head"], "head"),
        (["lab-head", "default"], "lab-head"),
        (["z_head", "a-head"], "a-head"),
        (["a-head", "z_head"], "a-head"),
        (["ahead", "heads", "head-a"], ""),
        ([], ""),
    ],
)
def test_the_heads_queue(names: list[str], queue: str) -> None:
    assert find_head_queue(names) == queue


@pytest.mark.parametrize(
    ("names", "definition"),
    [
        (["nextflow"], "nextflow"),
        (["lab-nextflow", "small-task"], "lab-nextflow"),
        (["lab_nextflow"], "lab_nextflow"),
        (["mynextflow", "nextflow-task"], "nextflow"),
        ([], "nextflow"),
    ],
)
def test_the_heads_definition(names: list[str], definition: str) -> None:
    assert find_head_definition(names) == definition
