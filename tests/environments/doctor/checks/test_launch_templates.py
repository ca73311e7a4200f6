"""Launch templates: gone, behind, or used without a fixed version."""

from dataclasses import replace
from typing import Any

import pytest

from environments.doctor.checks.launch_templates import check_versions
from environments.doctor.facts.picture import Picture
from launch_templates.versions import OWN, Template, Version
from tests.support.doctor_pictures import picture

HOPS: dict[str, Any] = {"MetadataOptions": {"HttpPutResponseHopLimit": 1}}


def versions(*descriptions: str, data: dict[str, Any] | None = None) -> Template:
    """A template whose versions 1, 2, … have these descriptions, the last with other `data`."""
    numbered = [Version(number, HOPS, text) for number, text in enumerate(descriptions, 1)]
    if data is not None:
        numbered[-1] = replace(numbered[-1], data=data)
    return Template("lt-1", "t", 1, tuple(reversed(numbered)))


def seen(template: Template | None, pinned: str, **other: str) -> Picture:
    """An environment that uses a version of `t`, beside one of somebody else's that uses the version `other`."""
    plain = picture("c5.2xlarge", resources={"launchTemplate": {"launchTemplateName": "t", "version": pinned}},
                    templates={"t": template, "lt-1": template} if template else {})  # fmt: skip
    [one] = plain.scope.environments
    elsewhere = {**one, "computeEnvironmentName": "elsewhere", "computeResources": {"launchTemplate": other}}
    return replace(plain, scope=replace(plain.scope, region_environments=[one, elsewhere]))


def test_the_newest_version_is_well() -> None:
    assert list(check_versions(seen(versions(OWN, OWN), "2"))) == []
    assert list(check_versions(picture("c5.2xlarge"))) == [], "no launch template is named"


@pytest.mark.parametrize(
    ("template", "version", "severity", "words"),
    [
        (None, "1", "error", "is gone"),
        (versions(OWN), "2", "error", "has no version 2"),
        (versions(OWN), "$Latest", "warning", "$Latest"),
        (versions(OWN, OWN, OWN), "1", "warning", "has v3, it pins v1"),
    ],
)
def test_what_is_wrong_with_a_version(template: Template | None, version: str, severity: str, words: str) -> None:
    [finding] = check_versions(seen(template, version))
    assert (finding.severity, finding.resource) == (severity, f"t v{version}")
    assert words in finding.what


def test_a_later_version_of_somebody_elses_hand_is_not_meant() -> None:
    assert list(check_versions(seen(versions(OWN, "by hand"), "1"))) == []
    [finding] = check_versions(seen(versions(OWN, OWN, "by hand"), "1"))
    assert "has v2, it pins v1" in finding.what


def test_a_later_version_with_other_credentials_for_tasks_is_not_meant() -> None:
    other = {"MetadataOptions": {"HttpPutResponseHopLimit": 2}}
    assert list(check_versions(seen(versions(OWN, OWN, data=other), "1"))) == []
    assert list(check_versions(seen(versions(OWN, OWN, data={}), "1"))) == []


@pytest.mark.parametrize("named", [{"launchTemplateName": "t"}, {"launchTemplateId": "lt-1"}])
def test_a_later_version_that_another_environment_pins_is_not_meant(named: dict[str, str]) -> None:
    assert list(check_versions(seen(versions(OWN, OWN), "1", version="2", **named))) == []
    [finding] = check_versions(seen(versions(OWN, OWN, OWN), "1", version="3", **named))
    assert "has v2, it pins v1" in finding.what
