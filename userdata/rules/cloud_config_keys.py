"""What cloud-init does not do of a cloud-config, or does otherwise than it reads.

Sources: cloud-init's documentation, "Module reference" (runcmd, bootcmd, write_files, power_state_change) and "Merging
user-data sections"; util.shellify of canonical/cloud-init, which takes lists and texts alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from userdata.rules.finding import Finding

_COMMANDS = ("bootcmd", "runcmd")
_LISTS = (*_COMMANDS, "write_files", "packages", "mounts", "disk_setup", "fs_setup", "power_state", "ntp", "timezone")
_YAML = "tag:yaml.org,2002:"
_MERGES = {"merge_how", "merge_type"}


def check(who: str, node: yaml.MappingNode, text: str) -> Iterator[Finding]:
    """What is wrong with the keys of one cloud-config and with their values."""
    lines: dict[str, list[int]] = {}
    for key, _ in node.value:
        lines.setdefault(str(key.value), []).append(key.start_mark.line + 1)
    for key, places in lines.items():
        if len(places) > 1:
            yield _twice(who, key, places)
        if known := _meant(key):
            yield _unknown(who, key, known, places[0])
    values = {str(key.value): value for key, value in node.value}
    for key in _COMMANDS:
        if key in values and (finding := _commands(who, key, values[key], text)):
            yield finding
    yield from _lists(who, values)
    yield from _permissions(who, values.get("write_files"))
    if isinstance(power := values.get("power_state"), yaml.MappingNode):
        yield from _power(who, power)


def check_together(parts: Mapping[str, str]) -> Iterator[Finding]:
    """Lists that are in more than one cloud-config: cloud-init keeps the last. `parts` are their names and texts."""
    keys: dict[str, list[str]] = {}
    for name, text in parts.items():
        own = _keys_of(text)
        if _MERGES & own:
            return
        for key in sorted(own & set(_LISTS)):
            keys.setdefault(key, []).append(name)
    for key, names in keys.items():
        if len(names) > 1:
            yield Finding(
                f"user data: the parts {', '.join(names[:-1])} and {names[-1]} "
                f"{'both' if len(names) == 2 else 'all'} have {key}",
                f"cloud-init takes only the last one's {key}, unless a part says how they are put together",
                f"Write them into one part, or into {names[-1]}: merge_how: 'list(append)+dict(recurse_array)+str()'",
                False,
            )


def _keys_of(text: str) -> set[str]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return set()
    return {str(key.value) for key, _ in node.value} if isinstance(node, yaml.MappingNode) else set()


def _twice(who: str, key: str, lines: Sequence[int]) -> Finding:
    places = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    times = "twice" if len(lines) == 2 else f"{len(lines)} times"
    why = "cloud-init takes the last of them, and nothing of the others"
    return Finding(
        f"{who} has {key} {times} (lines {places})", why, f"Put them together under one {key}.", False, lines[0]
    )


def _meant(key: str) -> str:
    """The key of cloud-init that another spelling stands for; "" for every other key."""
    plain = re.sub(r"[_-]", "", key.lower()).rstrip("s")
    return next((known for known in _LISTS if plain == known.replace("_", "").rstrip("s") and key != known), "")


def _unknown(who: str, key: str, known: str, line: int) -> Finding:
    why = "cloud-init does not know it, and passes over it without a word"
    return Finding(f"{who} has the key {key} (line {line})", why, f"Write {known}.", False, line)


def _commands(who: str, key: str, node: yaml.Node, text: str) -> Finding | None:
    why = f"cloud-init then runs none of the commands under {key}"
    if not isinstance(node, yaml.SequenceNode):
        if node.tag == f"{_YAML}null":
            return None
        line = node.start_mark.line + 1
        hint = f"Write every command as an entry of its own, with - before it; the first line under {key}: - echo hello"
        return Finding(f"{who}: {key} is no list of commands (line {line})", why, hint, True, line)
    for item in node.value:
        line = item.start_mark.line + 1
        row = text.split("\n")[line - 1].strip().removeprefix("- ")
        if isinstance(item, yaml.MappingNode):
            what = f"{who}: an entry of {key} is no command (line {line}): {row[:90]}"
            hint = "Put the whole command in quotes, or write it on the line below: - |"
            return Finding(
                what, f"YAML reads a colon with a blank behind it as a key and its value; {why}", hint, True, line
            )
        if isinstance(item, yaml.ScalarNode) and item.tag not in {f"{_YAML}str", f"{_YAML}null"}:
            what = f"{who}: an entry of {key} is no command (line {line}): {row[:90]}"
            hint = f'Put it in quotes: - "{item.value}"'
            return Finding(what, f"YAML reads it as a number, a date, true or false; {why}", hint, True, line)
    return None


def _lists(who: str, values: Mapping[str, yaml.Node]) -> Iterator[Finding]:
    """Keys that take a list and have something else, and files without a path."""
    for key in ("write_files", "packages", "mounts"):
        node = values.get(key)
        if node is None or isinstance(node, yaml.SequenceNode) or node.tag == f"{_YAML}null":
            continue
        line = node.start_mark.line + 1
        entry = {"write_files": "{path: /etc/x, content: y}", "packages": "jq", "mounts": "[/dev/sdf, /mnt]"}[key]
        hint = f"Write every entry on a line of its own, with - before it: - {entry}"
        yield Finding(f"{who}: {key} is no list (line {line})", "cloud-init then does none of it", hint, False, line)
    files = values.get("write_files")
    for item in files.value if isinstance(files, yaml.SequenceNode) else ():
        names = {str(key.value) for key, _ in item.value} if isinstance(item, yaml.MappingNode) else {"path"}
        if "path" not in names:
            line = item.start_mark.line + 1
            what = f"{who}: an entry of write_files has no path (line {line})"
            yield Finding(what, "cloud-init passes over it", "Write path: and the file's whole path.", False, line)


def _permissions(who: str, node: yaml.Node | None) -> Iterator[Finding]:
    """A number without a 0 at its beginning is decimal: 755 is 0o1363."""
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        for key, value in item.value if isinstance(item, yaml.MappingNode) else ():
            if key.value == "permissions" and value.tag == f"{_YAML}int" and not value.value.startswith("0"):
                line = value.start_mark.line + 1
                what = f"{who} has permissions: {value.value} (line {line})"
                why = f"YAML reads a decimal number, which is {int(value.value.replace('_', '')):o} in octal digits"
                yield Finding(what, why, f"Write it in quotes: permissions: '0{value.value}'", False, line)


def _power(who: str, node: yaml.MappingNode) -> Iterator[Finding]:
    values = {str(key.value): value for key, value in node.value}
    mode, condition = str(getattr(values.get("mode"), "value", "")), values.get("condition")
    always = condition is None or (condition.tag == f"{_YAML}bool" and condition.value.lower() in {"true", "yes", "on"})
    if condition is not None and condition.tag == f"{_YAML}bool" and not always:
        return
    line = values["mode"].start_mark.line + 1 if mode else 0
    if mode in {"poweroff", "halt"}:
        why = "it goes off as soon as it has booted: it takes no job, and AWS Batch starts another in its place"
        yield Finding(f"{who} turns the machine off (line {line})", why, "Leave power_state out.", always, line)
    elif mode == "reboot":
        why = "the agent has started by then: a job that the machine has taken is lost"
        hint = "Leave power_state out, and build an image that carries what needs the restart (invoke build-ami)."
        yield Finding(f"{who} starts the machine again behind its boot (line {line})", why, hint, False, line)
