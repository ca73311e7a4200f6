"""Customers' KMS keys, of a launch template and of an AMI's snapshots."""

from tests.support.doctor import Patient, make_ami

_SCALING = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def test_a_key_that_machines_may_not_use(patient: Patient) -> None:
    kms = patient.client("kms")
    made = kms.create_key()["KeyMetadata"]
    key, key_id = (made[name] for name in ("Arn", "KeyId"))
    before = patient.environment()["computeResources"]["launchTemplate"]
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": key}}
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    patient.ec2.create_launch_template(
        LaunchTemplateName="keyed", LaunchTemplateData={"BlockDeviceMappings": [disk], "MetadataOptions": options}
    )
    patient.update(computeResources={"launchTemplate": {"launchTemplateName": "keyed", "version": "1"}})
    found = patient.one()
    assert f"error: neither the policy of the KMS key {key} nor a grant names AWSServiceRoleForAutoScaling" in found
    assert f"aws kms create-grant --key-id {key} --grantee-principal {_SCALING}" in found
    grant = kms.create_grant(KeyId=key, GranteePrincipal=_SCALING, Operations=["Decrypt", "CreateGrant"])
    assert patient.visit()["healthy"]
    kms.disable_key(KeyId=key_id)
    assert f"error: the KMS key {key} cannot be used: it is Disabled" in patient.one()
    assert "build the image with another key, and name that key in the launch template; or make it" in patient.one()
    assert patient.one().endswith(f": aws kms enable-key --key-id {key}")
    kms.enable_key(KeyId=key_id)
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert f"error: the KMS key {key} cannot be used: it is PendingDeletion" in patient.one()
    assert patient.one().endswith(f": aws kms cancel-key-deletion --key-id {key} && aws kms enable-key --key-id {key}")
    kms.cancel_key_deletion(KeyId=key_id)
    kms.enable_key(KeyId=key_id)
    assert patient.visit()["healthy"]
    kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
    assert len(patient.complaints()) == 1
    patient.update(computeResources={"launchTemplate": before})
    assert patient.visit()["healthy"]


def test_a_key_that_is_not_there(patient: Patient) -> None:
    """EC2 takes any key for a launch template: it asks KMS when a machine starts."""
    before = patient.environment()["computeResources"]["launchTemplate"]
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": key}}
    patient.ec2.create_launch_template(LaunchTemplateName="lost", LaunchTemplateData={"BlockDeviceMappings": [disk]})
    patient.update(computeResources={"launchTemplate": {"launchTemplateName": "lost", "version": "1"}})
    assert f"error: the KMS key {key} cannot be used: it is missing" in patient.one()
    patient.update(computeResources={"launchTemplate": before})
    assert patient.visit()["healthy"]


def test_the_key_of_an_amis_snapshots(patient: Patient) -> None:
    key = patient.client("kms").create_key()["KeyMetadata"]["Arn"]
    keys = (key, patient.client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"])
    amis = [
        make_ami(
            patient.sandbox,
            f"encrypted-{n}",
            [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": one}}],
        )
        for n, one in enumerate(keys)
    ]
    before = patient.environment()["computeResources"]["ec2Configuration"]
    patient.update(computeResources={"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": amis[0]}]})
    assert f"neither the policy of the KMS key {key} nor a grant names AWSServiceRole" in patient.one()
    patient.update(computeResources={"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": amis[1]}]})
    assert patient.visit()["healthy"], "the account's aws/ebs key may be used by all of the account"
    patient.update(computeResources={"ec2Configuration": before})
