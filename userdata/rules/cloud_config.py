"""What a cloud-config runs and writes: runcmd and bootcmd as one script, write_files as files."""

import base64
import binascii
import gzip
import shlex
import zlib
from collections.abc import Iterator

import yaml

from userdata.rules import cloud_config_keys
from userdata.rules.finding import Brought, Finding, Material, Script

_UPGRADES = {"package_upgrade", "apt_upgrade", "repo_upgrade"}
_BINARY = "tag:yaml.org,2002:binary"


def read(who: str, text: str) -> Material:
    """The scripts, files and upgrades of a cloud-config; a text that is none is a finding."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        why = where + str(getattr(error, "problem", None) or error)
        return _unusable(f"{who} is not YAML", why, mark.line + 1 if mark else None)
    if not isinstance(node, yaml.MappingNode):
        return _unusable(f"{who} is not a cloud-config", "it is not a mapping of keys to values", None)
    keys = {str(key.value): value for key, value in node.value}
    scripts = [
        script
        for key, early in (("bootcmd", True), ("runcmd", False))
        if (script := _script(who, keys.get(key), early))
    ]
    return Material(
        scripts=tuple(scripts),
        files=tuple(_files(who, keys.get("write_files"))),
        texts=((who, text),),
        upgrades=tuple((f"{who}: {key}", line) for key, line in _upgrades(keys)),
        findings=tuple(cloud_config_keys.check(who, node, text)),
    )


def _unusable(what: str, why: str, line: int | None) -> Material:
    return Material(findings=(Finding(what, why, "See user_data in launch_templates/reference.yaml.", True, line),))


def _script(who: str, node: yaml.Node | None, early: bool) -> Script | None:
    """The items one after another, as cloud-init writes them into a script (util.shellify)."""
    if not isinstance(node, yaml.SequenceNode):
        return None
    rows: list[str] = []
    lines: list[int] = []
    for item in node.value:
        line = item.start_mark.line + 1
        if isinstance(item, yaml.MappingNode):
            continue  # cloud-init runs none of them then; `cloud_config_keys` says so
        if isinstance(item, yaml.SequenceNode):
            text = " ".join(shlex.quote(str(word.value)) for word in item.value)
        else:
            text = str(item.value)
        literal = isinstance(item, yaml.ScalarNode) and item.style in {"|", ">"}
        for number, row in enumerate(text.rstrip("\n").split("\n")):
            rows.append(row)
            lines.append(line + number + 1 if literal else line)
    return Script(who, "\n".join(rows) + "\n", tuple(lines), early)


def _files(who: str, node: yaml.Node | None) -> Iterator[Brought]:
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        if isinstance(item, yaml.MappingNode):
            keys = {str(key.value): value for key, value in item.value}
            path, content = keys.get("path"), keys.get("content")
            if path is not None:
                text = _decoded(content, keys.get("encoding")) if content is not None else ""
                append = "append" in keys and str(keys["append"].value).lower() in {"true", "yes", "on"}
                yield Brought(who, str(path.value), text, append, path.start_mark.line + 1)


def _upgrades(keys: dict[str, yaml.Node]) -> Iterator[tuple[str, int]]:
    for key in sorted(_UPGRADES & set(keys)):
        value = str(keys[key].value).lower()
        if value in {"true", "yes", "on", "all", "updates", "bugfix"}:
            yield key, keys[key].start_mark.line + 1


def _decoded(content: yaml.Node, encoding: yaml.Node | None) -> str:
    """The content of a write_files entry, decoded as its `encoding` says; damaged ones are cloud-init's to report."""
    kind = str(encoding.value).lower() if encoding is not None else ""
    raw = str(content.value).encode()
    try:
        if "b64" in kind or "base64" in kind or content.tag == _BINARY:
            raw = base64.b64decode(raw)
        if "gz" in kind:
            raw = gzip.decompress(raw)
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        pass
    return raw.decode(errors="replace")
