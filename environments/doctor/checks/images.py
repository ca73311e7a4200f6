"""Find AMIs that are gone, or will be."""

from collections.abc import Iterator
from datetime import timedelta

from cloud import tags
from cloud.machine_images import parse_time
from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.facts.compute_environments import images_of, name_of
from environments.doctor.facts.picture import Picture
from kiln import words

SOON = timedelta(days=30)


def check_existence(picture: Picture) -> Iterator[Finding]:
    """Find AMIs that were deregistered, or are shared with this account no longer."""
    for ami, users in _users(picture).items():
        image = picture.images.get(ami)
        if image is None or image.get("State") != "available":
            state = f"is {image['State']}" if image else "is deregistered, or not shared with this account"
            yield error(
                f"{ami} {state}",
                f"no machine starts in {users}",
                f"{picture.scope.register_command} --ami latest; or the same with --ami previous",
                ami,
            )


def check_deprecation(picture: Picture) -> Iterator[Finding]:
    """AMIs that are deprecated, or will be within SOON. They still start machines."""
    for ami, users in _users(picture).items():
        text = (picture.images.get(ami) or {}).get("DeprecationTime")
        if not text or parse_time(text) > picture.scope.now + SOON:
            continue
        left = parse_time(text) - picture.scope.now
        days = max(1, round(left.total_seconds() / 86400))
        when = f"since {parse_time(text):%Y-%m-%d}" if left <= timedelta() else f"in {words.count(days, 'day')}"
        yield warning(
            f"{ami} is deprecated {when}",
            f"{users} use it; a deprecated AMI gets no fixes, and may be deregistered",
            picture.scope.renew_command(tags.as_dict(picture.images[ami].get("Tags")).get(tags.IMAGE, ""), " --force"),
            ami,
        )


def _users(picture: Picture) -> dict[str, str]:
    """AMI → the compute environments that name it."""
    users: dict[str, list[str]] = {}
    for environment in picture.scope.environments:
        for ami in images_of(environment, picture.templates):
            users.setdefault(ami, []).append(name_of(environment))
    return {ami: ", ".join(names) for ami, names in users.items()}
