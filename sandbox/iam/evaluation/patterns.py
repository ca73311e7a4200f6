"""IAM's wildcards and policy variables.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (`*` and `?`
within a part of an ARN; the last `*` reaches further), reference_policies_variables.html (`${key}`,
`${key, 'default'}`, `${*}`).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]  # condition key in lower case → its values

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERAL = {"*": "*", "?": "?", "$": "$"}


def matches(pattern: str, value: str) -> bool:
    """Return whether `value` is one that a pattern with `*` and `?` stands for."""
    return _compile(pattern).fullmatch(value) is not None


def matches_arn(pattern: str, arn: str) -> bool:
    """Return the same for ARNs, part by part; a `*` at a pattern's very end reaches over the parts that follow."""
    wanted = pattern.split(":", 5)
    given = arn.split(":", len(wanted) - 1 if pattern.endswith("*") else 5)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def substitute(text: str, context: Context) -> str | None:
    """Put values in the places of `text`'s variables; None when a variable has no value: then nothing matches.

    A value is taken as it is: its own `*` and `?` stand for themselves.
    """
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, default = match.group(1), match.group(2)
        if name in _LITERAL:
            return f"[{name}]"
        found = context.get(name.lower(), ())
        if len(found) != 1 and default is None:
            missing = True
            return ""
        return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in (found[0] if found else default))

    told = _VARIABLE.sub(value, text.replace("[", "[[]") if "[" in text else text)
    return None if missing else told


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> re.Pattern[str]:
    # A letter in brackets stands for itself: that is how `substituted` keeps a value's stars apart from a policy's.
    parts = re.split(r"(\[[*?$\[]\]|\*|\?)", pattern)
    told = "".join(_as_regex(part) for part in parts)
    return re.compile(told, re.DOTALL)


def _as_regex(part: str) -> str:
    if part in ("*", "?"):
        return ".*" if part == "*" else "."
    return re.escape(part[1] if re.fullmatch(r"\[[*?$\[]\]", part) else part)
