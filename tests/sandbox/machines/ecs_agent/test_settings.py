"""The settings of ecs.config: their defaults, their limits, and what becomes of wrong ones."""

import pytest

from sandbox.machines.ecs_agent.model import durations
from sandbox.machines.ecs_agent.model.settings import SettingsError, read


@pytest.mark.parametrize(
    ("key", "text", "field", "expected"),
    [
        ("ECS_RESERVED_MEMORY", " 32 ", "reserved_memory", 32),
        ("ECS_RESERVED_MEMORY", "99999", "reserved_memory", 0),
        ("ECS_RESERVED_MEMORY", "-5", "reserved_memory", 0),
        ("ECS_CONTAINER_STOP_TIMEOUT", "2m", "stop_timeout", 120),
        ("ECS_CONTAINER_STOP_TIMEOUT", "500ms", "stop_timeout", 30),
        ("ECS_CONTAINER_STOP_TIMEOUT", "30", "stop_timeout", 30),
        ("ECS_CONTAINER_START_TIMEOUT", "44s", "start_timeout", 180),
        ("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION", "1s", "cleanup_wait", 1),
        ("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION", "0s", "cleanup_wait", 10800),
        ("ECS_IMAGE_PULL_BEHAVIOR", "once", "pull_behavior", "once"),
        ("ECS_IMAGE_PULL_BEHAVIOR", "foo", "pull_behavior", "default"),
        ("ECS_RESERVED_PORTS", "no array", "reserved_ports", (22, 2375, 2376, 51678, 51679)),
        ("ECS_ENABLE_SPOT_INSTANCE_DRAINING", "true", "spot_draining", True),
        ("ECS_ENABLE_SPOT_INSTANCE_DRAINING", "yes", "spot_draining", False),
        ("ECS_DISABLE_IMAGE_CLEANUP", "1", "image_cleanup", False),
        ("ECS_NUM_IMAGES_DELETE_PER_CYCLE", "0", "images_per_cleanup", 5),
        ("ECS_AVAILABLE_LOGGING_DRIVERS", "awslogs", "log_drivers", ("json-file", "none")),
        ("ECS_TASK_METADATA_RPS_LIMIT", "10,20", "requests_a_second", (10, 20)),
        ("ECS_TASK_METADATA_RPS_LIMIT", "10", "requests_a_second", (40, 60)),
        ("AWS_ENDPOINT_URL", "http://a:1", "endpoint", "http://a:1"),
    ],
)
def test_a_setting(key: str, text: str, field: str, expected: object) -> None:
    assert getattr(read({key: text}), field) == expected


def test_nothing_is_set() -> None:
    settings = read({})
    assert (settings.cluster, settings.pull_behavior, settings.stop_timeout) == ("", "default", 30)
    assert (settings.cleanup_wait, settings.image_cleanup_interval, settings.image_minimum_age) == (10800, 1800, 3600)
    assert settings.docker == "/var/run/docker.sock"


@pytest.mark.parametrize(
    ("key", "text", "exit_code"),
    [
        ("ECS_AVAILABLE_LOGGING_DRIVERS", '["nosuch"]', 1),
        ("ECS_INSTANCE_ATTRIBUTES", "no JSON", 1),
        ("ECS_INSTANCE_ATTRIBUTES", '{"a": 1}', 1),
        ("ECS_CONTAINER_INSTANCE_TAGS", "no JSON", 1),
        ("ECS_ENABLE_TASK_ENI", "true", 5),
    ],
)
def test_settings_that_end_it(key: str, text: str, exit_code: int) -> None:
    with pytest.raises(SettingsError) as error:
        read({key: text})
    assert error.value.exit_code == exit_code


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("1.5s", 1.5), ("250ms", 0.25), ("-2s", -2), ("0", 0), ("3", None), ("", None), ("2x", None)],
)
def test_go_reads_a_duration(text: str, seconds: float | None) -> None:
    assert durations.parse(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(240, "4m0s"), (65.03, "1m5.03s"), (30, "30s"), (0.25, "250ms"), (7200, "2h0m0s"), (0, "0s")],
)
def test_go_writes_a_duration(seconds: float, text: str) -> None:
    assert durations.write(seconds) == text
