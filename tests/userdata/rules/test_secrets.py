"""Secrets in user data."""

from base64 import b64encode

import pytest

from tests.support.user_data import config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

WARNED = [
    script('echo \'ECS_ENGINE_AUTH_DATA={"https://index.docker.io/v1/":{"username":"a"}}\' >> /etc/ecs/ecs.config'),
    script("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    script("export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"),
    script("docker login -u me -p s3cr3tpass registry.example.com"),
    script("cat > /root/k <<E\n-----BEGIN RSA PRIVATE KEY-----\nabc\nE"),
    script("export GITHUB_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    script("DD_API_KEY=abcdef0123456789abcdef bash -c 'echo x'"),
    script("curl -u admin:hunter22 https://x/y"),
    script("docker run -d --name dd-agent -e DD_API_KEY=0123456789abcdef0123456789abcdef gcr.io/datadoghq/agent:7"),
    script("docker run --name=db -e POSTGRES_PASSWORD=hunter22 postgres:16"),
    script("podman run --name cache --env REDIS_PASSWORD=hunter22 redis"),
    script("git clone https://me:tokentoken@github.com/x/y"),
    config("chpasswd:\n  list: |\n    root:hunter22\n"),
    config("password: hunter22\n"),
    script("echo 'ec2-user:hunter22' | chpasswd"),
    script("echo hunter22 | passwd --stdin ec2-user"),
    script("DB_PASSWORD='hunter22'"),
    script("aws configure set aws_secret_access_key wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz"),
    script(
        "cat > ~/.aws/credentials <<E\n"
        "[default]\n"
        "aws_access_key_id = AKIAIOSFODNN7ABCDEFG\n"
        "aws_secret_access_key = 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\n"
        "E"
    ),
    script("docker login --username me --password hunter22 docker.io"),
    script(
        'echo \'ECS_ENGINE_AUTH_DATA={"https://index.docker.io/v1/":{"auth":"abcd","email":"x"}}\' >>'
        " /etc/ecs/ecs.config"
    ),
    script("psql postgresql://me:hunter22@db/x -c 'select 1'"),
    script("echo hunter22 | docker login -u me --password-stdin"),
    script("echo 'machine github.com login me password hunter22' > ~/.netrc"),
    script("sshpass -p hunter22 ssh me@x"),
    script("gpg --batch --passphrase hunter22 -d x.gpg"),
    script("redis-cli -a hunter22 ping"),
    script("openssl enc -d -k hunter22 -in a -out b"),
    script("curl https://hooks.slack.com/services/T0000000/B0000000/abcdefghijklmnopqrst"),
    script("npm config set //registry.npmjs.org/:_authToken=npm_abcdefghijklmnopqrstuvwxyz0123456789"),
    script("vault login hvs.CAESIJabcdefghijklmnop"),
    script(f"echo {b64encode(b'export DB_PASSWORD=hunter22').decode()} | base64 -d > /etc/profile.d/db.sh"),
    config(
        "write_files:\n- path: /root/.netrc\n  encoding: b64\n"
        f"  content: {b64encode(b'machine x login me password hunter22').decode()}\n"
    ),
    script("wandb login 0123456789abcdef0123456789abcdef01234567"),
]

FINE = [
    script(
        "TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600')"
    ),
    script(
        "PASSWORD=$(aws ssm get-parameter --name /db/password --with-decryption --query Parameter.Value --output text)"
    ),
    script("aws secretsmanager get-secret-value --secret-id prod/db-password"),
    script("DB_PASSWORD_FILE=/run/secrets/db"),
    script('curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/x'),
    script("echo $PASSWORD | docker login -u AWS --password-stdin 1.dkr.ecr.us-east-1.amazonaws.com"),
    script("SECRET_NAME=my/secret"),
    script("TOKEN_TTL=21600"),
    script("docker run --rm -e TOKEN=$TOKEN x"),
    script(  # aws-genomics-workflows
        "SECRET=$(aws secretsmanager get-secret-value --secret-id hub --query SecretString --output text)\n"
        "echo 'ECS_ENGINE_AUTH_DATA={\"https://index.docker.io/v1/\":'${SECRET}'}' >>/etc/ecs/ecs.config"
    ),
    script('export BROKER="amqp://guest:guest@localhost:5672//"'),
    script(f"echo {b64encode(b'export LEVEL=debug').decode()} | base64 -d > /etc/profile.d/level.sh"),
    script("MAX_TOKEN=4096"),
    script("COMPASS=northeast"),
    script(
        "until aws ecr get-login-password | docker login --username AWS --password-stdin 1.dkr.ecr."
        "us-east-1.amazonaws.com; do sleep 5; done"
    ),
    script(
        "ECS_ENGINE_AUTH_DATA=$(aws secretsmanager get-secret-value --secret-id r --query SecretStr"
        "ing --output text)\n"
        'echo "ECS_ENGINE_AUTH_DATA=$ECS_ENGINE_AUTH_DATA" >> /etc/ecs/ecs.config'
    ),
]


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_a_secret_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_a_secret_that_is_read_at_boot_is_none(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
