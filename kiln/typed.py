"""How the person types Kiln's tasks, so that what is suggested can be typed as it stands."""


class _Typed:
    prefix = "invoke"


def begin_with(prefix: str) -> None:
    """Behind another task (`invoke sandbox build-ami`), suggestions must lead to the same place."""
    _Typed.prefix = prefix


def command(words: str) -> str:
    """`list-amis` → `invoke list-amis`."""
    return f"{_Typed.prefix} {words}"
