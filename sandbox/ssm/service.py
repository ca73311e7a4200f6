"""Law: the ECS-optimized AMI parameters are JSON strings, and their images exist.

Public parameters are in no account, and are not listed with the account's own. Sources:
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html. A version is
pinned by the AMI's name in the place of `recommended`.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ssm.exceptions import ParameterNotFound
from moto.ssm.responses import SimpleSystemManagerResponse

from sandbox.ec2.model.stand_ins import STAND_INS, StandIn

_PUBLIC = "/aws/service/"
ROOT = "/aws/service/ecs/optimized-ami/"


class Ssm(SimpleSystemManagerResponse):
    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def describe_parameters(self) -> ActionResult:
        """All of them: moto gives tens, with tokens of its own."""
        found = self.ssm_backend.describe_parameters(self._get_param("Filters"), self._get_param("ParameterFilters"))
        found = [parameter for parameter in found if not parameter.name.startswith(_PUBLIC)]
        return ActionResult({"Parameters": [parameter.describe_response_object(False) for parameter in found]})

    def get_parameter_history(self) -> ActionResult:
        return self._collect(super().get_parameter_history)

    def get_parameter(self) -> ActionResult:
        name = self._get_param("Name")
        if not name.startswith(ROOT):
            result: Any = super().get_parameter().result
            return ActionResult({"Parameter": _without_account(result["Parameter"])})
        parameters = list_parameters(self.region)
        if name not in parameters:
            raise ParameterNotFound(f"Parameter {name} not found.")
        return ActionResult({"Parameter": _make_parameter(name, parameters[name], self.region)})

    def get_parameters(self) -> ActionResult:
        names = self._get_param("Names")
        public = [name for name in names if name.startswith(ROOT)]
        self.params = {**self.params, "Names": [name for name in names if name not in public]}
        result: Any = super().get_parameters().result
        result["Parameters"] = [_without_account(parameter) for parameter in result["Parameters"]]
        parameters = list_parameters(self.region)
        result["Parameters"] += [
            _make_parameter(name, parameters[name], self.region) for name in public if name in parameters
        ]
        result["InvalidParameters"] += [name for name in public if name not in parameters]
        return ActionResult(result)

    def get_parameters_by_path(self) -> ActionResult:
        path = self._get_param("Path").rstrip("/") + "/"
        if not path.startswith(ROOT):
            return self._collect(super().get_parameters_by_path)
        recursive, parameters = self._get_param("Recursive", False), list_parameters(self.region)
        names = [name for name in parameters if name.startswith(path) and (recursive or "/" not in name[len(path) :])]
        return ActionResult({"Parameters": [_make_parameter(name, parameters[name], self.region) for name in names]})

    def delete_parameter(self) -> Any:
        answer = super().delete_parameter()
        self._forget_tags()
        return answer

    def delete_parameters(self) -> Any:
        answer = super().delete_parameters()
        self._forget_tags()
        return answer

    def _forget_tags(self) -> None:
        """Drop the tags of deleted parameters, which moto would give to the next ones of these names."""
        tags: dict[str, Any] = self.ssm_backend._resource_tags.get("Parameter", {})
        for name in [name for name in tags if name not in self.ssm_backend._parameters]:
            del tags[name]

    def _collect(self, call: Callable[[], ActionResult]) -> ActionResult:
        """Have moto give all of its pages."""
        parameters: list[Any] = []
        while True:
            result: Any = call().result
            parameters += result["Parameters"]
            if not result.get("NextToken"):
                return ActionResult({"Parameters": [_without_account(parameter) for parameter in parameters]})
            self.params = {**self.params, "NextToken": result["NextToken"]}


def _without_account(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter as AWS names it: a public one is in no account."""
    if not str(parameter.get("Name")).startswith(_PUBLIC) or "ARN" not in parameter:
        return parameter
    parts = parameter["ARN"].split(":")
    return {**parameter, "ARN": ":".join([*parts[:4], "", *parts[5:]])}


def list_parameters(region: str) -> dict[str, str]:
    """List every parameter of the stand-ins in this region: name → value."""
    found = {}
    for image in STAND_INS:
        document = _make_document(image, region)
        for version in ("recommended", image.name):
            name = f"{ROOT}{image.alias}/{version}"
            found[name] = json.dumps(document)
            for key in ("image_id", "image_name", "os", "ecs_agent_version", "ecs_runtime_version"):
                found[f"{name}/{key}"] = str(document[key])
    return found


def _make_document(image: StandIn, region: str) -> dict[str, Any]:
    return {
        "ecs_agent_version": image.agent,
        "ecs_runtime_version": image.docker,
        "image_id": image.image_id(region),
        "image_name": image.name,
        "os": image.os,
        "schema_version": 1,
        "source_image_name": "Debian stand-in of Kiln's sandbox",
    }


def _make_parameter(name: str, value: str, region: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "String",
        "Value": value,
        "Version": 1,
        "LastModifiedDate": 1790000000,
        "ARN": f"arn:aws:ssm:{region}::parameter{name}",
        "DataType": "text",
    }
