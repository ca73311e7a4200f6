"""What is new in IAM and not seen by the other services yet: `Delays.iam_propagation` seconds of the sandbox's clock.

IAM itself shows it at once. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html ("Changes that
I make are not always immediately visible")
"""

from typing import Any

from sandbox.world.world import current


def hide(what: str) -> None:
    """Let other services come to know an id, or a `link`, later."""
    current().hide(what, current().delays.iam_propagation)


def link(owner: Any, policy: str) -> str:
    """Name the tie between a user or a role and one of its policies, by ARN or by the name of an inline one."""
    return f"{owner.id} {policy}"


def is_visible(what: str) -> bool:
    return current().is_visible(what)
