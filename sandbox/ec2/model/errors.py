"""EC2's errors, as the laws raise them."""

from moto.ec2.exceptions import EC2ClientError


def refused(code: str, message: str) -> EC2ClientError:
    """Make an EC2 client error (HTTP 400) to be raised.

    Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    return EC2ClientError(code, message)
