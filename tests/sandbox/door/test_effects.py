"""What would be said to be done and have no effect is answered by 501 with a word, in every service."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.door import effects
from sandbox.inprocess import Sandbox
from tests.support.trust import EC2

GROUP = {"logGroupName": "g"}
IMAGE = {"Name": "own", "RootDeviceName": "/dev/xvda"}
ROLE = {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "session"}
RUN = {"ImageId": "ami-1", "InstanceType": "c5.2xlarge", "MinCount": 1, "MaxCount": 1}
JOBS = {"type": "EC2", "maxvCpus": 8, "instanceTypes": ["c5.large"], "subnets": ["subnet-1"], "instanceRole": "x"}
ENVIRONMENT = {"computeEnvironmentName": "e", "type": "MANAGED"}
BUCKET = {"Bucket": "b"}
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "run_instances", {**RUN, "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1}}),
    ("ec2", "run_instances", {**RUN, "EnclaveOptions": {"Enabled": True}}),
    ("ec2", "run_instances", {**RUN, "HibernationOptions": {"Configured": True}}),
    ("ec2", "run_instances", {**RUN, "KernelId": "aki-1"}),
    ("ec2", "run_instances", {**RUN, "LicenseSpecifications": [{"LicenseConfigurationArn": "arn:x"}]}),
    ("ec2", "stop_instances", {"InstanceIds": ["i-1"], "Hibernate": True}),
    ("ec2", "register_image", {**IMAGE, "BootMode": "uefi"}),
    ("ec2", "register_image", {**IMAGE, "ImdsSupport": "v2.0"}),
    ("ec2", "register_image", {**IMAGE, "TpmSupport": "v2.0"}),
    ("ec2", "register_image", {**IMAGE, "VirtualizationType": "paravirtual"}),
    ("ec2", "copy_image", {"Name": "copy", "SourceImageId": "ami-1", "SourceRegion": "us-east-1",
                           "DestinationAvailabilityZone": "us-east-1-bos-1a"}),
    ("ec2", "copy_snapshot", {"SourceSnapshotId": "snap-1", "SourceRegion": "us-east-1", "Encrypted": True}),
    ("ec2", "create_volume", {"AvailabilityZone": "us-east-1a", "Size": 1, "MultiAttachEnabled": True}),
    ("ec2", "create_volume", {"AvailabilityZone": "us-east-1a", "Size": 1, "VolumeInitializationRate": 100}),
    ("ec2", "create_snapshots", {"InstanceSpecification": {"InstanceId": "i-1"}, "CopyTagsFromSource": "volume"}),
    ("ec2", "create_key_pair", {"KeyName": "k", "KeyFormat": "ppk"}),
    ("ec2", "create_flow_logs", {"ResourceIds": ["vpc-1"], "ResourceType": "VPC", "LogGroupName": "g"}),
    ("sts", "assume_role", {**ROLE, "Policy": "{}"}),
    ("sts", "assume_role", {**ROLE, "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}),
    ("sts", "assume_role", {**ROLE, "Tags": [{"Key": "a", "Value": "b"}]}),
    ("sts", "assume_role", {**ROLE, "SourceIdentity": "me"}),
    ("sts", "assume_role_with_web_identity", {**ROLE, "WebIdentityToken": "nobody signed it"}),
    ("sts", "assume_role_with_saml", {"RoleArn": ROLE["RoleArn"], "PrincipalArn": "arn:aws:iam::1:saml-provider/p",
                                      "SAMLAssertion": "bm9ib2R5"}),
    ("sts", "get_federation_token", {"Name": "someone"}),
    ("ecr", "start_image_scan", {"repositoryName": "repository", "imageId": {"imageTag": "t"}}),
    ("ecr", "put_registry_policy", {"policyText": "{}"}),
    ("ecr", "put_replication_configuration", {"replicationConfiguration": {"rules": []}}),
    ("s3", "put_bucket_replication", {**BUCKET, "ReplicationConfiguration": {
        "Role": "arn:aws:iam::123456789012:role/r",
        "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::c"}}]}}),
    ("s3", "put_bucket_notification_configuration", {**BUCKET, "NotificationConfiguration": {
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]}]
    }}),
    ("s3", "put_bucket_website", {**BUCKET, "WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}}}),
    ("s3", "put_bucket_accelerate_configuration", {**BUCKET, "AccelerateConfiguration": {"Status": "Enabled"}}),
    ("s3", "put_bucket_inventory_configuration", {**BUCKET, "Id": "i", "InventoryConfiguration": {
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::c", "Format": "CSV"}}, "IsEnabled": True,
        "Id": "i", "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}}),
    ("logs", "create_log_group", {**GROUP, "logGroupClass": "INFREQUENT_ACCESS"}),
    ("logs", "create_log_group", {**GROUP, "deletionProtectionEnabled": True}),
    ("logs", "put_metric_filter", {**GROUP, "filterName": "f", "filterPattern": "ERROR", "metricTransformations": [
        {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]}),
    ("logs", "put_subscription_filter", {**GROUP, "filterName": "f", "filterPattern": "",
                                         "destinationArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s"}),
    ("ssm", "send_command", {"InstanceIds": ["i-0123456789abcdef0"], "DocumentName": "AWS-RunShellScript",
                             "Parameters": {"commands": ["true"]}}),
    ("batch", "create_compute_environment", {**ENVIRONMENT, "computeResources": {
        **JOBS, "launchTemplate": {"launchTemplateName": "t", "userdataType": "EKS_NODEADM"}}}),
    ("ecs", "create_cluster", {"clusterName": "c", "capacityProviders": ["FARGATE"]}),
    ("ecs", "create_cluster", {"clusterName": "c", "settings": [{"name": "containerInsights", "value": "enabled"}]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "request_"), REQUESTS, ids=[f"{s}-{o}-{n}" for n, (s, o, _) in enumerate(REQUESTS)]
)
def test_success_without_effect_is_not_imitated(
    sandbox: Sandbox, service: str, operation: str, request_: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(sandbox.client(service), operation)(**request_)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("The sandbox does not imitate ")
    assert len(message.partition("(")[2]) > 10, "a word on why"


def test_what_asks_for_what_there_is_anyway_is_done(sandbox: Sandbox, ec2: Any, al2023: str) -> None:
    run = {**RUN, "ImageId": al2023, "EnclaveOptions": {"Enabled": False}, "HibernationOptions": {"Configured": False}}
    instance = ec2.run_instances(**run, CreditSpecification={"CpuCredits": "standard"})["Instances"][0]["InstanceId"]
    sandbox.clock.advance(10)
    ec2.stop_instances(InstanceIds=[instance], Hibernate=False)
    assert "BEGIN" in ec2.create_key_pair(KeyName="k", KeyFormat="pem")["KeyMaterial"]
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, MultiAttachEnabled=False)
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="g", logGroupClass="STANDARD", deletionProtectionEnabled=False)
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    sandbox.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    sandbox.client("s3").create_bucket(Bucket="b-of-mine")
    with pytest.raises(ClientError) as caught:
        sandbox.client("sts").assume_role(**ROLE, DurationSeconds=900)
    assert caught.value.response["Error"]["Code"] == "AccessDenied", "nobody has that role yet"
    assert json.loads(EC2)["Statement"]


def test_every_operation_of_the_table_is_the_apis_own(sandbox: Sandbox) -> None:
    for service, operations in effects.OPERATIONS.items():
        names = set(sandbox.client(service).meta.service_model.operation_names)
        assert set(operations) <= names, service
    for service, operation, path in effects.list_parameters():
        shape = sandbox.client(service).meta.service_model.operation_model(operation).input_shape
        for part in path.split("."):
            shape = shape.members[part]


def test_with_machines_what_would_be_records_alone_is_not_imitated(with_machines: Sandbox) -> None:
    ec2 = with_machines.client("ec2")
    configs = [{"LaunchTemplateSpecification": {"LaunchTemplateName": "template", "Version": "1"}}]
    asked: list[tuple[Any, dict[str, Any]]] = [
        (ec2.create_snapshots, {"InstanceSpecification": {"InstanceId": "i-1"}}),
        (ec2.copy_snapshot, {"SourceSnapshotId": "snap-1", "SourceRegion": "us-east-1"}),
        (ec2.attach_network_interface, {"NetworkInterfaceId": "eni-1", "InstanceId": "i-1", "DeviceIndex": 1}),
        (ec2.associate_address, {"InstanceId": "i-1", "PublicIp": "127.77.0.1"}),
        (ec2.create_fleet, {
            "LaunchTemplateConfigs": configs, "Type": "instant",
            "TargetCapacitySpecification": {"TotalTargetCapacity": 1},
        }),
    ]  # fmt: skip
    for call, request_ in asked:
        with pytest.raises(ClientError) as caught:
            call(**request_)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501, call
