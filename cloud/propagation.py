"""What has just been made in IAM is not known everywhere at once. Kiln asks again instead of sleeping.

Source: "Changes that I make are not always immediately visible", IAM User Guide.
"""

from collections.abc import Callable
from typing import Any

from cloud import errors, wait

SECONDS = 120.0


def is_seen(call: Callable[..., Any], **parameters: Any) -> Any:
    """The answer of a call to IAM, asked again while it does not find what was made a moment ago."""
    last: list[Exception] = []

    def probe() -> Any:
        try:
            return call(**parameters)
        except Exception as error:
            if not errors.is_not_found(error):
                raise
            last[:] = [error]
            return None

    try:
        return wait.until(probe, what=f"{parameters}", timeout=SECONDS)
    except Exception as error:
        raise (last[0] if last else error) from None
