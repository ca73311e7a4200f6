"""A new instance or AMI is not always known at once: all are late in Kiln's own tests, a share of them elsewhere."""

from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.world.world import Delays, World


def known(sandbox: Sandbox, number: int) -> int:
    """How many of so many copies of an AMI are known as soon as they are made."""
    ec2, count = sandbox.client("ec2"), 0
    source = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    for n in range(number):
        copy = ec2.copy_image(SourceImageId=source, SourceRegion="us-east-1", Name=f"copy-{n}")["ImageId"]
        try:
            count += len(ec2.describe_images(ImageIds=[copy])["Images"])
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidAMIID.NotFound"
    return count


def test_every_new_id_is_late_in_kilns_own_tests() -> None:
    with Sandbox() as sandbox:
        assert known(sandbox, 5) == 0


def test_about_one_in_ten_is_late_elsewhere_and_the_same_ones_each_time() -> None:
    counts = []
    for _ in range(2):
        with Sandbox(delays=Delays(late_ids=0.1)) as sandbox:
            counts.append(known(sandbox, 40))
    assert counts[0] == counts[1]
    assert 30 <= counts[0] < 40


def test_what_iam_makes_is_always_late() -> None:
    world = World(delays=Delays(late_ids=0.0))
    world.hide("AROA1", 5)
    assert not world.is_visible("AROA1")
