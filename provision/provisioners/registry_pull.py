"""Pull an image from a registry that asks for a login: a program for the builder (Python 3.8 with boto3).

Kiln reads this file and never imports it. The credentials go from AWS into the header of one request to Docker's
socket: they are in no file, no argument, no variable of the environment and no output. ARGUMENTS: image, tag or digest,
registry, and where its credentials are (ecr:REGION:ACCOUNT, secret:NAME or parameter:NAME). Exit code 2: another
attempt cannot help.

Sources: "Create an image" and "Authentication", Docker Engine API; GetAuthorizationToken, Amazon ECR API Reference;
GetSecretValue, AWS Secrets Manager API Reference; GetParameter, AWS Systems Manager API Reference.
"""

import base64
import http.client
import json
import socket
import sys
import urllib.parse

SOCKET = "/var/run/docker.sock"
HOPELESS = 2
HUB = "https://index.docker.io/v1/"


class Docker(http.client.HTTPConnection):
    """Docker's API behind its socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(SOCKET)


def region_of(name: str) -> str:
    """The region of an ARN, else that of the machine."""
    if name.startswith("arn:"):
        return name.split(":")[3]
    from botocore.utils import InstanceMetadataRegionFetcher

    return str(InstanceMetadataRegionFetcher(timeout=5, num_attempts=3).retrieve_region())


def credentials(source: str) -> "tuple[str, str]":
    """User name and password; raises what boto3 raises, and ValueError where a secret has another form."""
    import boto3

    kind, _, name = source.partition(":")
    if kind == "ecr":
        region, _, account = name.partition(":")
        client = boto3.client("ecr", region_name=region)
        token = client.get_authorization_token(registryIds=[account])["authorizationData"][0]["authorizationToken"]
        user, _, password = base64.b64decode(token).decode().partition(":")
        return user, password
    if kind == "secret":
        client = boto3.client("secretsmanager", region_name=region_of(name))
        text = client.get_secret_value(SecretId=name)["SecretString"]
    else:
        client = boto3.client("ssm", region_name=region_of(name))
        text = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    try:
        document = json.loads(text)
        return str(document["username"]), str(document["password"])
    except (ValueError, KeyError, TypeError):
        raise ValueError('its value must be {"username": "NAME", "password": "WORD"}') from None


def pull(image: str, tag: str, registry: str, login: "tuple[str, str]") -> str:
    """Ask Docker for the image; what it says is wrong, "" for nothing."""
    address = HUB if registry == "docker.io" else registry
    header = json.dumps({"username": login[0], "password": login[1], "serveraddress": address})
    query = urllib.parse.urlencode({"fromImage": image, "tag": tag})
    docker = Docker("docker", timeout=3600)
    docker.request(
        "POST", "/images/create?" + query,
        headers={"X-Registry-Auth": base64.urlsafe_b64encode(header.encode()).decode(), "Content-Length": "0"},
    )  # fmt: skip
    answer = docker.getresponse()
    fault = ""
    for line in answer.read().decode(errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        fault = str(event.get("error") or (event.get("message") if answer.status >= 400 else "") or fault)
    return fault or (f"HTTP {answer.status}" if answer.status >= 400 else "")


def main(image: str, tag: str, registry: str, source: str) -> int:
    try:
        login = credentials(source)
    except Exception as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
        print(f"the credentials of {registry} ({source}): {error}", file=sys.stderr)
        if "AccessDenied" in code or type(error).__name__ == "NoCredentialsError":
            print("the role of builder.instance_profile needs what invoke iam-policy --builder prints", file=sys.stderr)
        return 1 if "Throttl" in code or "Connect" in type(error).__name__ else HOPELESS
    try:
        fault = pull(image, tag, registry, login)
    except (OSError, http.client.HTTPException) as error:
        fault = f"Docker does not answer: {error}"
    if fault:
        print(f"{image}:{tag}: {fault.replace(login[1], '***')}", file=sys.stderr)
        return 1
    print(f"pulled {image} {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
