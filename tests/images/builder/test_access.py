"""Ephemeral keys: one pair to log in with, one host key to know the machine by."""

from images.builder.access import generate


def test_both_pairs_are_ed25519_and_their_halves_belong_together() -> None:
    access = generate("kiln-1")
    for key, public in ((access.login_key, access.public), (access.host_key, access.host.public)):
        assert public == f"ssh-ed25519 {key.get_base64()} kiln-1"
    assert access.login_key != access.host_key


def test_no_two_builds_share_a_key() -> None:
    one, other = generate("a"), generate("a")
    assert len({one.public, one.host.public, other.public, other.host.public}) == 4
