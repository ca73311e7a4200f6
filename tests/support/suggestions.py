"""The commands that Kiln suggests, as they stand in its own texts."""

import re
from pathlib import Path

from kiln import typed

ROOT = Path(__file__).parent.parent.parent
ROOMS = (
    "cli", "cloud", "environments", "images", "jobs", "kiln", "launch_templates", "nextflow", "provision", "userdata",
)  # fmt: skip
_COMMAND = re.compile(r"typed\.command\(\s*f?[\"']([a-z-]+[^\"'{]*)[\"']\)")


def every_suggestion() -> list[str]:
    """Whatever stands in the product's texts as `invoke TASK …`, or goes through typed.command; docstrings apart."""
    commands = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        text = re.sub(r'""".*?"""', "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r'"\n\s*f?"', "", text)
        text = re.sub(r'"[,)]*\n', "\n", text)  # where a text ends, a command in it does too
        text = re.sub(r"\{[^{}\n]*\}", "name", text.replace("{options}", "")).replace("name name", "name")
        commands |= {match[0].rstrip("\"'.") for match in typed._TASK.finditer(text)}
        commands |= {f"invoke {words}" for words in _COMMAND.findall(text)}
    return sorted(commands - {"invoke ssh", "invoke run"})  # of a machine, or a pipeline, that is not there yet
