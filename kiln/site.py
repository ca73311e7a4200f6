"""Settings of a site, below every definition: KILN_SITE names a YAML file with `builder` and `downloads`.

For networks behind a bastion, a proxy or a mirror: what every image there needs stands once, outside the images.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import create_model

from kiln import yamlfile
from kiln.errors import UserError
from kiln.models import Model

KEYS = ("builder", "downloads")


REFERENCE = "images/reference.yaml"


def load_defaults(**types: Any) -> dict[str, Any]:
    """The site's settings; {} where KILN_SITE is not set. Raises UserError for a file that is none.

    `types` say what the keys take, by key; what is wrong with one is told as of the site's file, Problem.
    """
    name = os.environ.get("KILN_SITE")
    if not name:
        return {}
    data, lines = yamlfile.read(Path(name))
    if not isinstance(data, dict) or set(data) - set(KEYS):
        raise UserError(
            f"{name} is not a site file",
            f"it may hold the keys {' and '.join(KEYS)}, and nothing else",
            f"Write what is of one image into its own definition; {REFERENCE} shows every key.",
        )
    fields = {key: (types.get(key, Any), None) for key in KEYS}
    yamlfile.validate(data, create_model("Site", __base__=Model, **fields), name, lines, REFERENCE)  # type: ignore[call-overload]
    return data


def under(site: dict[str, Any], data: Any) -> Any:
    """`data` with the site's settings where it is silent."""
    if not isinstance(data, dict):
        return data
    merged = dict(data)
    for key, value in site.items():
        mine = merged.get(key)
        if mine is None:
            merged[key] = value
        elif isinstance(mine, dict) and isinstance(value, dict):
            merged[key] = under(value, mine)
    return merged
