"""Settings of the ECS agent in /etc/ecs/ecs.config, added to what is there.

What must not be set, ECS_CLUSTER and ECS_INSTANCE_ATTRIBUTES above all, stands with its reason in `keys.py`.
"""

from shlex import quote
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, model_validator

from kiln.keys.takes import Takes
from kiln.models import MiB, Model, Seconds
from provision.ecs_agent import keys
from provision.model import shell
from provision.model.recipe import Check, Machine, Recipe, Step

CONFIG = "/etc/ecs/ecs.config"

SET_KEY = r"""
kiln_set_key() {  # FILE KEY VALUE: replaced where it stands, else added at the end; all other lines stay
  local text
  mkdir -p "$(dirname "$1")"
  [ -e "$1" ] || install -m 0644 /dev/null "$1"
  text=$(awk -v key="$2" -v value="$3" '
    index($0, key "=") == 1 { if (!done) print key "=" value; done = 1; next }
    { print }
    END { if (!done) print key "=" value }' "$1")
  printf '%s\n' "$text" >"$1"
}
"""

_CHECK = r"""
kiln_has_lines() {  # FILE LINE…
  local file=$1 line missing=''
  shift
  for line in "$@"; do
    if grep -xF -- "$line" "$file"; then continue; fi
    missing+=" $line"
  done
  [ -z "$missing" ] || kiln_fail "missing in $file:$missing"
}
"""

_ENABLED = r"""
if [ -d /run/systemd/system ]; then
  state=$(systemctl is-enabled ecs 2>&1) || kiln_fail "the unit ecs does not start at boot: $state"
  echo "ecs.service is $state"
else
  [ -e /etc/init/ecs.conf ] || kiln_fail "upstart has no job ecs"
  if grep -xs manual /etc/init/ecs.override; then kiln_fail "upstart does not start ecs at boot"; fi
fi
"""


SettingName = Annotated[str, Takes("a setting's own name", "ECS_ENABLE_CONTAINER_METADATA")]
SettingValue = Annotated[str, Takes("what the agent's README says of it", "true")]


class Spec(Model):
    """What the agent is told. A key that is not given is not written: the agent's own default holds."""

    reserved_memory: MiB | None = None
    """ECS_RESERVED_MEMORY: kept from jobs, MiB. The agent's own: 0 MiB; AWS Batch's own images: 32 MiB."""
    image_pull_behavior: Literal["default", "always", "once", "prefer-cached"] | None = None
    """ECS_IMAGE_PULL_BEHAVIOR; prefer-cached uses images pulled beforehand. The agent's: default."""
    task_cleanup_wait: Annotated[Seconds, Field(ge=60)] | None = None
    """ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: how long a stopped job's container is kept; ≥ 1 min. The agent's: 3 h."""
    container_stop_timeout: Annotated[Seconds, Field(ge=1)] | None = None
    """ECS_CONTAINER_STOP_TIMEOUT: time to end by itself before a container is killed. The agent's: 30 s."""
    container_start_timeout: Annotated[Seconds, Field(ge=45)] | None = None
    """ECS_CONTAINER_START_TIMEOUT: time in which a container must have started; ≥ 45 s. The agent's: 3 min."""
    image_cleanup: StrictBool | None = None
    """ECS_DISABLE_IMAGE_CLEANUP (inverted): whether unused images are removed. The agent's: true."""
    image_cleanup_interval: Annotated[Seconds, Field(ge=600)] | None = None
    """ECS_IMAGE_CLEANUP_INTERVAL: time between two clean-ups of images; ≥ 10 min. The agent's: 30 min."""
    image_minimum_age: Annotated[Seconds, Field(ge=60)] | None = None
    """ECS_IMAGE_MINIMUM_CLEANUP_AGE: how long a pulled image is kept at least. The agent's: 1 h."""
    images_per_cleanup: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    """ECS_NUM_IMAGES_DELETE_PER_CYCLE: images removed in one clean-up at most. The agent's: 5."""
    spot_draining: StrictBool | None = None
    """ECS_ENABLE_SPOT_INSTANCE_DRAINING: drain the instance when Spot reclaims it. The agent's: false."""

    settings: Annotated[dict[SettingName, SettingValue], BeforeValidator(keys.written)] = Field(default_factory=dict)
    """Any other documented setting by its own name, such as ECS_AVAILABLE_LOGGING_DRIVERS."""

    @model_validator(mode="after")
    def _are_set_once(self) -> "Spec":
        if twice := sorted(self.settings.keys() & self._own_lines().keys()):
            raise ValueError(f"settings has what another key of ecs_agent sets already: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _cleans_up(self) -> "Spec":
        cleaning = (self.image_cleanup_interval, self.image_minimum_age, self.images_per_cleanup)
        if self.image_cleanup is False and any(value is not None for value in cleaning):
            raise ValueError("image_cleanup is false: leave the other clean-up keys of images out")
        return self

    def lines(self) -> dict[str, str]:
        """Keys and values of ecs.config, for the settings that are given.

        Source: README of aws/amazon-ecs-agent, "Environment Variables"; durations are written in seconds.
        """
        return self._own_lines() | self.settings

    def _own_lines(self) -> dict[str, str]:
        found: dict[str, Any] = {
            "ECS_RESERVED_MEMORY": self.reserved_memory,
            "ECS_IMAGE_PULL_BEHAVIOR": self.image_pull_behavior,
            "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": _duration(self.task_cleanup_wait),
            "ECS_CONTAINER_STOP_TIMEOUT": _duration(self.container_stop_timeout),
            "ECS_CONTAINER_START_TIMEOUT": _duration(self.container_start_timeout),
            "ECS_DISABLE_IMAGE_CLEANUP": None if self.image_cleanup is None else not self.image_cleanup,
            "ECS_IMAGE_CLEANUP_INTERVAL": _duration(self.image_cleanup_interval),
            "ECS_IMAGE_MINIMUM_CLEANUP_AGE": _duration(self.image_minimum_age),
            "ECS_NUM_IMAGES_DELETE_PER_CYCLE": self.images_per_cleanup,
            "ECS_ENABLE_SPOT_INSTANCE_DRAINING": self.spot_draining,
        }
        return {key: str(value).lower() for key, value in found.items() if value is not None}


def _duration(seconds: int | None) -> str | None:
    return None if seconds is None else f"{seconds}s"


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """One step that writes the keys (none without keys) and a check of the keys and of the agent's unit."""
    keys = spec.lines()
    calls = "".join(f"kiln_set_key {CONFIG} {key} {quote(value)}\n" for key, value in keys.items())
    expected = " ".join(quote(f"{key}={value}") for key, value in keys.items())
    has_keys = f"{_CHECK}kiln_has_lines {CONFIG} {expected}\n" if keys else ""
    return Recipe(
        steps=(Step("ecs agent", SET_KEY + calls),) if keys else (),
        checks=(Check("the ECS agent starts at boot with its settings", shell.FAIL + has_keys + _ENABLED),),
    )
