"""Ephemeral keys: one pair to log in with, one host key to know the machine by."""

from images.builder.keys import generate_keys


def test_both_pairs_are_ed25519_and_their_halves_belong_together() -> None:
    keys = generate_keys("kiln-1")
    for key, public in ((keys.login_key, keys.public), (keys.host_key, keys.host.public)):
        assert public == f"ssh-ed25519 {key.get_base64()} kiln-1"
    assert keys.login_key != keys.host_key


def test_no_two_builds_share_a_key() -> None:
    one, other = generate_keys("a"), generate_keys("a")
    assert len({one.public, one.host.public, other.public, other.host.public}) == 4
