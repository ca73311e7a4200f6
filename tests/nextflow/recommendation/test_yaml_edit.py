"""A key gets another value; all else stays."""

import pytest

from kiln.errors import UserError
from nextflow.recommendation.yaml_edit import set_key

PATH = ("compute_environments", "work", "instance_types")
HEAD = "# of mine\ncompute_environments:\n  work:   # first\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    instance_types: [c5] # 2\n    max_vcpus: 8\n", "    instance_types: [a, b] # new\n    max_vcpus: 8\n"),
        ("    max_vcpus: 8\n    instance_types: [c5.large]", "    max_vcpus: 8\n    instance_types: [a, b] # new"),
        (
            "    instance_types:\n    - c5.large   # old\n    - c5.xlarge\n\n    # next\n    max_vcpus: 8\n",
            "    instance_types: [a, b] # new\n\n    # next\n    max_vcpus: 8\n",
        ),
        ("    max_vcpus: 8 # keep\n", "    instance_types: [a, b] # new\n    max_vcpus: 8 # keep\n"),
        ("    {max_vcpus: 8}\n", "    {instance_types: [a, b], max_vcpus: 8}\n"),
        ("    {instance_types: [c5.large], max_vcpus: 8}\n", "    {instance_types: [a, b], max_vcpus: 8}\n"),
        ("    instance_types: [c5]\r\n    max_vcpus: 8\r\n",
         "    instance_types: [a, b] # new\r\n    max_vcpus: 8\r\n"),
    ],
)  # fmt: skip
def test_a_value_and_its_comment(before: str, after: str) -> None:
    assert set_key(HEAD + before, PATH, "[a, b]", "new") == HEAD + after


def test_a_mapping_that_is_not_there() -> None:
    with pytest.raises(UserError, match=r"compute_environments\.work cannot be edited"):
        set_key("compute_environments: {other: {max_vcpus: 1}}\n", PATH, "[a]")
