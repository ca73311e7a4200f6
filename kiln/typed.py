"""How the person types Kiln's tasks, so that what is suggested can be pasted as it stands.

A task notes what it was given; suggestions then name the same definition, by its path where it was given by path, and
the same region, and go through the offline AWS where the task did.
"""

import re
from collections.abc import Mapping
from shlex import quote
from typing import ClassVar

# The options that a suggestion takes over from the task that makes it. A test holds this against the tasks themselves.
_TAKES = {
    "build-ami": ("image", "region"),
    "test-ami": ("region",),
    "list-amis": ("region",),
    "clean": ("region",),
    "register-launch-template": ("template", "region"),
    "show-user-data": ("template", "region"),
    "register-env": ("env", "region"),
    "destroy-env": ("env", "region"),
    "show-env": ("env", "region"),
    "list-envs": ("region",),
    "doctor": ("env", "region"),
    "list-jobs": ("env", "region"),
    "show-job": ("region",),
    "canary": ("env", "region"),
    "measure-memory": ("env", "region"),
    "size": ("env", "region"),
    "nextflow-config": ("env", "region"),
    "nextflow-image": ("region",),
    "upload": ("env", "region"),
    "run": ("env", "region"),
    "list-runs": ("env", "region"),
    "show-run": ("env", "region"),
    "head-up": ("env", "region"),
    "head-ssh": ("env",),
    "head-down": ("env", "region"),
    "iam-policy": (),
    "ssh": (),
    "validate": (),
}
_QUOTED = r"""(?:'[^']*'|"[^"]*")"""
_VALUE = rf"""(?:{_QUOTED}|[^\s;,&|()'"])*(?:{_QUOTED}|[^\s;,&|()'".:])"""
_VALUED = "env|for|image|template|region|ami|job|account|on-error|path|with-[a-z]+"
_OPTIONS = rf"(?: --(?:[a-z-]+={_VALUE}|(?:{_VALUED}) {_VALUE}|[a-z-]+))*"
_TASK = re.compile(rf"invoke(?: sandbox)? (?P<task>{'|'.join(_TAKES)})(?![\w-])(?P<options>{_OPTIONS})(?:\.(?=\n|$))?")
_AWS = re.compile(r"(?<![\w/$-])aws (?!sso |configure |cli)(?P<service>[a-z0-9-]+) (?P<verb>[a-z0-9]+-[a-z0-9-]+)")


class _Typed:
    prefix = "invoke"
    given: ClassVar[dict[str, str]] = {}
    paths: ClassVar[dict[tuple[str, str], str]] = {}


def begin_with(prefix: str) -> None:
    """Behind another task (`invoke sandbox build-ami`), suggestions must lead to the same place."""
    _Typed.prefix = prefix


def note(options: Mapping[str, object]) -> None:
    """Note what a task was given: the definition's name or path (env, image, template), and the region."""
    named = {name: options.get(name) for name in ("env", "image", "template", "region")}
    _Typed.given = {name: value for name, value in named.items() if isinstance(value, str) and value}


def note_path(option: str, name: str, path: str) -> None:
    """Note that the definition `name` is the one that the task was given by path: only so it can be named again."""
    if _Typed.given.get(option) == path:
        _Typed.paths[option, name] = path


def command(words: str) -> str:
    """`list-amis` → `invoke list-amis`, with the region and the definition that the person gave."""
    return pasteable(f"invoke {words}")


def pasteable(text: str) -> str:
    """The text with every command in it as the person would have to type it; done twice, it stays the same."""
    for option, value in _Typed.given.items():
        text = text.replace(f"--{option} {value}", f"--{option} {quote(value)}")
    text = _TASK.sub(lambda match: _complete(match["task"], match["options"]), text)
    return _AWS.sub(_in_region, text)


def _complete(task: str, options: str) -> str:
    for (option, name), path in _Typed.paths.items():
        options = re.sub(rf"--{option} {re.escape(quote(name))}(?=$|\s)", f"--{option} {quote(path)}", options)
    added = [
        f" --{option} {quote(_Typed.given[option])}"
        for option in _TAKES[task]
        if option in _Typed.given and f"--{option}" not in re.split(r"[ =]", options)
    ]
    return f"{_Typed.prefix} {task}{''.join(added)}{options}"


def _in_region(match: re.Match[str]) -> str:
    region = _Typed.given.get("region", "")
    rest = match.string[match.end() :].partition("\n")[0]
    has_one = "--region" in rest.partition(";")[0] or match["service"] in {"iam", "sts"}
    there = (
        'eval "$(invoke sandbox.env)" && ' if "sandbox" in _Typed.prefix and "sandbox.env" not in match.string else ""
    )
    return f"{there}{match[0]}" + (f" --region {quote(region)}" if region and not has_one else "")
