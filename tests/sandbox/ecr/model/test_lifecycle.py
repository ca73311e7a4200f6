"""Which images a lifecycle policy lets expire."""

import json
from typing import Any

import pytest

from sandbox.ecr.model.images import StoredImage
from sandbox.ecr.model.lifecycle import list_expired

DAY = 86400.0
NOW = 100 * DAY
IMAGES = [
    StoredImage("new", "", 1, 99 * DAY, tags=["prod-2"]),
    StoredImage("old", "", 1, 50 * DAY, tags=["prod-1", "keep"]),
    StoredImage("loose", "", 1, 80 * DAY),
    StoredImage("dev", "", 1, 70 * DAY, tags=["dev-1"]),
]


def rule(priority: int = 1, **selection: Any) -> dict[str, Any]:
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def expire(*rules: dict[str, Any]) -> set[str]:
    return {image.digest for image in list_expired(json.dumps({"rules": rules}), IMAGES, NOW)}


MORE_THAN_1 = {"countType": "imageCountMoreThan", "countNumber": 1}
OF_30_DAYS = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30}


@pytest.mark.parametrize(
    ("selection", "expired"),
    [
        ({"tagStatus": "untagged", **MORE_THAN_1}, set()),
        ({"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}, {"loose"}),
        ({"tagStatus": "any", **OF_30_DAYS}, {"old"}),
        ({"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 2}, {"dev", "old"}),
        ({"tagStatus": "tagged", "tagPrefixList": ["prod"], **MORE_THAN_1}, {"old"}),
        ({"tagStatus": "tagged", "tagPatternList": ["*-1"], **MORE_THAN_1}, {"old"}),
        ({"tagStatus": "tagged", "tagPatternList": ["prod*", "keep"], **OF_30_DAYS}, {"old"}),
        ({"tagStatus": "tagged", "tagPrefixList": ["prod", "none"], **OF_30_DAYS}, set()),
    ],
)  # fmt: skip
def test_a_rule_takes_what_fits_it(selection: dict[str, Any], expired: set[str]) -> None:
    assert expire(rule(**selection)) == expired


def test_what_fits_a_rule_is_left_alone_by_those_behind_it_and_still_counts() -> None:
    keep = rule(1, tagStatus="tagged", tagPrefixList=["prod"], countType="imageCountMoreThan", countNumber=5)
    rest = rule(2, tagStatus="any", countType="imageCountMoreThan", countNumber=1)
    assert expire(rest, keep) == {"loose", "dev"}


def test_another_kind_of_rule_is_not_imitated() -> None:
    with pytest.raises(NotImplementedError):
        list_expired(json.dumps({"rules": [rule(tagStatus="any", countType="sincePulled", countNumber=1)]}), [], NOW)
