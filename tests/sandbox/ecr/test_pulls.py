"""What the machines' Docker is asked to pull for the image of a task."""

from sandbox.ecr.pulls import resolve
from sandbox.inprocess import Sandbox
from sandbox.registry.held import HeldImage
from sandbox.registry.references import parse
from sandbox.registry.registry import find_registry

OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
DIGEST = "sha256:" + "a" * 64


def test_an_image_of_ecr_is_pulled_with_a_login_of_its_region(sandbox: Sandbox) -> None:
    image, login = resolve("us-east-1", OWN)
    assert image == OWN
    assert login is not None
    assert login["type"] == "ecr"
    assert login["ecrAuthData"]["registryId"] == "123456789012"
    assert login["ecrAuthData"]["region"] == "eu-west-1"
    assert login["ecrAuthData"]["useExecutionRole"] is False


def test_what_the_sandbox_does_not_hold_stays_as_it_is(sandbox: Sandbox) -> None:
    for image in ("busybox", "quay.io/x/y:1", "169.254.169.1:5000/library/busybox:1", "NOT AN IMAGE"):
        assert resolve("us-east-1", image) == (image, None)


def test_debian_by_any_digest_is_the_small_image_by_a_tag(sandbox: Sandbox) -> None:
    """Docker would refuse an answer of another digest."""
    assert resolve("us-east-1", f"debian@{DIGEST}") == (f"docker.io/library/debian:sha256-{'a' * 64}", None)
    assert resolve("us-east-1", "debian:stable-slim") == ("debian:stable-slim", None)
    assert resolve("us-east-1", f"ubuntu@{DIGEST}") == (f"ubuntu@{DIGEST}", None)


def test_a_loaded_image_of_an_unknown_registry_is_pulled_from_the_sandboxs_own(sandbox: Sandbox) -> None:
    held = find_registry(sandbox.world).held
    held.add(parse("registry.example.org/team/aligner:2.1"), HeldImage(DIGEST, "application/json"))
    held.add(parse("quay.io/team/aligner:2.1"), HeldImage(DIGEST, "application/json"))
    renamed = "registry.kiln-sandbox.internal/registry.example.org/team/aligner:2.1"
    assert resolve("us-east-1", "registry.example.org/team/aligner:2.1") == (renamed, None)
    assert resolve("us-east-1", "quay.io/team/aligner:2.1") == ("quay.io/team/aligner:2.1", None)
    assert resolve("us-east-1", f"quay.io/team/aligner@{DIGEST}") == (f"quay.io/team/aligner@{DIGEST}", None)
