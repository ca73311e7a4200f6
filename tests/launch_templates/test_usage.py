"""Which versions of a launch template compute environments use."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud.session import Cloud
from launch_templates import usage
from launch_templates.usage import Usage, list_usage
from launch_templates.versions import Template, Version

TEMPLATE = Template("lt-1", "genomics", 1, tuple(Version(n, {}, "") for n in (3, 2, 1)))


def compute(name: str, **reference: Any) -> dict[str, Any]:
    return {"computeEnvironmentName": name, "computeResources": {"launchTemplate": reference}}


def test_a_number_pins_a_version_by_the_templates_name_or_id() -> None:
    found = list_usage(
        [
            compute("a", launchTemplateName="genomics", version="2"),
            compute("b", launchTemplateId="lt-1", version="2"),
            compute("c", launchTemplateName="another", version="1"),
            {"computeEnvironmentName": "fargate"},
        ],
        TEMPLATE,
    )
    assert found == Usage({2: ("a", "b")})
    assert found.uses(TEMPLATE) == {2}


@pytest.mark.parametrize("version", ["$Latest", "$Default", "", None])
def test_without_a_number_any_version_may_be_used(version: str | None) -> None:
    found = list_usage([compute("a", launchTemplateName="genomics", version=version)], TEMPLATE)
    assert found.following == ("a",)
    assert found.uses(TEMPLATE) == {1, 2, 3}


def test_instance_types_may_have_a_template_of_their_own() -> None:
    overrides = [{"launchTemplateName": "genomics", "version": "1"}, {"launchTemplateName": "genomics"}]
    found = list_usage([compute("a", launchTemplateName="other", overrides=overrides)], TEMPLATE)
    assert found == Usage({1: ("a",)}, ("a",))


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnauthorizedOperation", "ClientException"])
def test_where_batch_may_not_be_asked_every_version_stays(code: str) -> None:
    def get_paginator(operation: str) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, operation)

    cloud = cast("Cloud", SimpleNamespace(client=lambda service: SimpleNamespace(get_paginator=get_paginator)))
    if code == "ClientException":
        with pytest.raises(ClientError):
            usage.find(cloud, TEMPLATE)
        return
    found = usage.find(cloud, TEMPLATE)
    assert "DescribeComputeEnvironments" in found.unknown
    assert found.uses(TEMPLATE) == {1, 2, 3}
