"""Container instances: what the agent says is kept, and it is connected while its machine runs."""

import json
from typing import Any

from sandbox.inprocess import Sandbox


def test_a_container_instance(sandbox: Sandbox, ec2: Any) -> None:
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="c")
    image = sandbox.client("ssm").get_parameter(
        Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    )["Parameter"]["Value"]
    instance = ec2.run_instances(ImageId=image, InstanceType="m6i.large", MinCount=1, MaxCount=1)["Instances"][0]
    sandbox.clock.advance(60)
    arn = ecs.register_container_instance(
        cluster="c",
        instanceIdentityDocument=json.dumps({"instanceId": instance["InstanceId"]}),
        versionInfo={"agentVersion": "1.98.0"},
        totalResources=[{"name": "MEMORY", "type": "INTEGER", "integerValue": 7690}],
    )["containerInstance"]["containerInstanceArn"]

    def described() -> Any:
        (found,) = ecs.describe_container_instances(cluster="c", containerInstances=[arn])["containerInstances"]
        return found

    assert described()["agentConnected"]
    assert described()["versionInfo"]["agentVersion"] == "1.98.0"
    assert described()["registeredResources"] == [{"name": "MEMORY", "type": "INTEGER", "integerValue": 7690}]
    ec2.stop_instances(InstanceIds=[instance["InstanceId"]])
    sandbox.clock.advance(60)
    assert not described()["agentConnected"]
    assert described()["status"] == "ACTIVE"
