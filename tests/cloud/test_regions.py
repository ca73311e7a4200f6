"""What is no region is told as such, before any call: issue 11, section 3, its fourth point."""

import pytest

from cloud.session import Cloud
from kiln.errors import UserError


@pytest.mark.parametrize(
    ("region", "why", "hint"),
    [
        ("us-east-1a", "that is an availability zone", "Try --region us-east-1"),
        ("eu-central-1c", "that is an availability zone", "Try --region eu-central-1"),
        ("us-east-1-bos-1a", "that is a local zone", "Try --region us-east-1"),
        ("use1-az4", "that is the id of an availability zone", "Known: "),
        ("us-east1", "a region is called like", "Try --region us-east-1"),
        ("us_east_1", "a region is called like", "Try --region us-east-1"),
        ("US-EAST-1", "a region is called like", "Try --region us-east-1"),
        (" eu-west-1 ", "a region is called like", "Try --region eu-west-1"),
        ("N. Virginia", "a region is called like", "Try --region us-east-1"),
        ("eu-frankfurt-1", "a region is called like", "Try --region eu-central-1"),
        ("us-east-9", "a region is called like", "Try --region us-east-"),
        ("us-east-9", "a region is called like", "python -m pip install --upgrade boto3 botocore"),
        ("mars", "a region is called like", "Known: "),
    ],
)
def test_what_is_no_region_is_told_with_the_region_that_was_meant(region: str, why: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        Cloud(region)
    assert caught.value.what == f"{region} is not an AWS region"
    assert why in caught.value.why
    assert caught.value.why.startswith("--region says so")
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_setting_that_names_it_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv(name, "us-west-2b")
    with pytest.raises(UserError) as caught:
        Cloud()
    assert caught.value.why.startswith(f"{name} says so")
    assert caught.value.hint == "Try export AWS_REGION=us-west-2"


def test_the_profile_that_names_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    config = f"{tmp_path}/config"
    with open(config, "w", encoding="utf-8") as file:
        file.write("[profile lab]\nregion = us-east1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", config)
    monkeypatch.setenv("AWS_PROFILE", "lab")
    with pytest.raises(UserError) as caught:
        Cloud()
    assert caught.value.why.startswith("the AWS profile lab says so")


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "us-gov-west-1", "mx-central-1", "us-iso-east-1"])
def test_regions_of_every_partition_are_taken(region: str) -> None:
    assert Cloud(region).region == region
