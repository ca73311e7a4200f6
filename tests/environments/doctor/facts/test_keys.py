"""Which KMS keys the machines of a compute environment need."""

from environments.doctor.facts.keys import keys_of
from launch_templates.versions import Template, Version


def test_keys_of_snapshots_and_of_the_launch_template() -> None:
    """Two AMIs may have a snapshot in common; a snapshot that is not encrypted has no key."""
    shared = {"Ebs": {"Encrypted": True, "SnapshotId": "snap-1"}}
    plain = {"Ebs": {"Encrypted": False, "SnapshotId": "snap-2"}}
    images = {"ami-1": {"BlockDeviceMappings": [shared, plain]}, "ami-2": {"BlockDeviceMappings": [shared]}}
    data = {"BlockDeviceMappings": [{"Ebs": {"KmsKeyId": "key-t"}}, {"Ebs": {}}, {"VirtualName": "ephemeral0"}]}
    templates = {"t": Template("lt-1", "t", 1, (Version(1, data, ""),))}
    of_snapshots = {"snap-1": "key-1", "snap-2": "key-2"}

    def keys(ami: str, **more: object) -> tuple[str, ...]:
        return keys_of({"computeResources": {"imageId": ami, **more}}, templates, images, of_snapshots)

    assert keys("ami-1") == keys("ami-2") == ("key-1",)
    assert keys("ami-2", launchTemplate={"launchTemplateName": "t"}) == ("key-1", "key-t")
    assert keys("ami-3") == ()
