"""References of images are read as Docker reads them."""

import pytest

from sandbox.registry.references import Reference, find_ecr, parse

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("debian", Reference("docker.io", "library/debian", "latest")),
        ("index.docker.io/team/app:1", Reference("docker.io", "team/app", "1")),
        ("quay.io/biocontainers/salmon:1.10.3--h45_4", Reference("quay.io", "biocontainers/salmon", "1.10.3--h45_4")),
        (f"debian:12@{DIGEST}", Reference("docker.io", "library/debian", "", DIGEST)),
        ("169.254.169.1:5000/library/busybox:1", Reference("169.254.169.1:5000", "library/busybox", "1")),
        ("localhost/x", Reference("localhost", "x", "latest")),
    ],
)
def test_a_reference_has_registry_path_and_tag_or_digest(text: str, reference: Reference) -> None:
    assert parse(text) == reference


@pytest.mark.parametrize("text", ["", "Debian", "a/b:", "debian@sha256:12", "debian:bad tag", "-x/y"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (name|tag|digest)"):
        parse(text)


def test_the_name_of_an_ecr_registry_tells_account_and_region() -> None:
    assert find_ecr("123456789012.dkr.ecr.eu-west-1.amazonaws.com") == ("123456789012", "eu-west-1")
    assert find_ecr("public.ecr.aws") is None
