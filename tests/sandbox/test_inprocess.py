"""Several offline AWSs in one process, of which tests in different places have one each."""

from sandbox.inprocess import Sandbox


def state(sandbox: Sandbox, instance: str) -> str:
    answer = sandbox.client("ec2").describe_instances(InstanceIds=[instance])
    return str(answer["Reservations"][0]["Instances"][0]["State"]["Name"])


def test_the_one_that_was_emptied_last_keeps_the_account_by_its_own_clock() -> None:
    with Sandbox() as first, Sandbox():
        first.reset()
        ec2 = first.client("ec2")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        launched = ec2.run_instances(ImageId=image, InstanceType="m6i.large", MinCount=1, MaxCount=1)
        instance = launched["Instances"][0]["InstanceId"]
        first.clock.advance(60)
        assert state(first, instance) == "running"
