"""Names and tags that AWS would refuse in the middle of an apply are refused when the definition is read."""

import pytest

from environments.spec.environment import EnvironmentSpec

LEAST = {
    "name": "small", "image": "x", "launch_template": "x", "compute_environments": {"one": {}},
    "queues": {"one": {"compute_environments": ["one"]}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my-bucket-s3alias", "ends with -s3alias"),
        ("reads--ol-s3", "ends with --ol-s3"),
        ("data.mrap", "ends with .mrap"),
        ("fast--use1-az4--x-s3", "ends with --x-s3"),
        ("xn--data", "begins with xn--"),
        ("sthree-data", "begins with sthree-"),
        ("amzn-s3-demo-bucket", "begins with amzn-s3-demo-"),
        ("my..bucket", "two dots"),
        ("192.168.5.4", "an IP address"),
    ],
)
def test_section_3_names_that_s3_keeps_are_refused(name: str, words: str) -> None:
    for own in ({"buckets": {"work": {"name": name}}}, {"roles": {"s3_read": [name]}}):
        with pytest.raises(ValueError, match=words):
            EnvironmentSpec.model_validate(LEAST | own)


@pytest.mark.parametrize("name", ["1000genomes", "my.bucket.org", "data-s3", "s3alias", "three-xn--data", "10.0.0.1.x"])
def test_other_names_are_fine(name: str) -> None:
    assert EnvironmentSpec.model_validate(LEAST | {"buckets": {"work": {"name": name}}}).buckets["work"].name == name


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"Department": "R&D"}, "'Department' cannot be used: it has &"),
        ({"Owner": "jane, joe"}, "it has ,"),
        ({"Cost#": "7"}, "it has #"),
        ({"Project": "a*b"}, "take letters, digits"),
        ({f"t{number}": "x" for number in range(46)}, "46 tags are too many"),
        ({"aws:x": "y"}, "reserved"),
    ],
)
def test_section_3_tags_that_some_service_refuses_are_refused(tags: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        EnvironmentSpec.model_validate(LEAST | {"tags": tags})


@pytest.mark.parametrize(
    "tags",
    [
        {"Project": "single cell: batch 3/4"},
        {"Owner": "jane@example.org", "Größe": "größer", "cost-center": "4711+1=4712"},
        {f"t{number}": "" for number in range(45)},
    ],
)
def test_other_tags_are_fine(tags: dict[str, str]) -> None:
    assert EnvironmentSpec.model_validate(LEAST | {"tags": tags}).tags == tags
