"""Law: a password for the registries holds for twelve hours, and may do what its caller may do at that moment.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

import base64
import secrets

from sandbox.iam.keys import belongs_to_a_user
from sandbox.world.facts import RegistryLogin
from sandbox.world.world import World

HOLDS_FOR = 12 * 3600.0  # seconds
USER = "AWS"


def make_password(world: World, access_key: str) -> tuple[str, float]:
    """Make a password for the owner of an access key, and tell until when it holds (seconds since the epoch)."""
    password, until = secrets.token_urlsafe(192), world.clock.now() + HOLDS_FOR
    with world.lock:
        gone = [old for old, login in world.registry_logins.items() if login.until + HOLDS_FOR <= world.clock.now()]
        for old in gone:
            del world.registry_logins[old]
        world.registry_logins[password] = RegistryLogin(access_key, until)
    return password, until


def find_login(world: World, header: str) -> RegistryLogin | None:
    """Find whose password an Authorization header holds; None for another, or one that holds no more."""
    login = _read(world, header)
    if login is None or login.until <= world.clock.now():
        return None
    key = login.access_key
    return login if key == world.access_key or key in world.sessions or belongs_to_a_user(key) else None


def has_ended(world: World, header: str) -> bool:
    """Return whether the password was given out here, and holds no more."""
    login = _read(world, header)
    return login is not None and login.until <= world.clock.now()


def _read(world: World, header: str) -> RegistryLogin | None:
    kind, _, encoded = header.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return world.registry_logins.get(password) if kind.lower() == "basic" and user == USER else None
