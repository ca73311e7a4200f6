"""Secrets are never printed; everything else is printed as it is."""

import time

import pytest

from kiln.secrets import masking

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("--api_key", "abc"), "--api_key •••"),
        (("--apiKey=abc",), "--apiKey=•••"),
        (("--db-password", "a b"), "--db-password •••"),
        (("--tower_access_token", "x", "--reads", "y"), "--tower_access_token ••• --reads y"),
        (("--url", "https://me:pass@host/x"), "--url •••"),
        ((KEY,), "•••"),
        (("--keyword", "liver", "--tokenize", "true"), "--keyword liver --tokenize true"),
        (("--skip_token", "true"), "--skip_token true"),
        (("--reads", "a b", "$x"), "--reads 'a b' '$x'"),
        (("--secret_key", "a", "--aws.secretKey", "b"), "--secret_key ••• --aws.secretKey •••"),
        (("--accountKey", "a", "--session-key=b"), "--accountKey ••• --session-key=•••"),
        (("--PGPASSWORD", "a", "--dbpassword=b"), "--PGPASSWORD ••• --dbpassword=•••"),
        (("--db_pass", "a", "--pass", "b", "--token_2", "c"), "--db_pass ••• --pass ••• --token_2 •••"),
        (("--two_pass", "basic", "--bypass", "x", "--keys", "k"), "--two_pass basic --bypass x --keys k"),
        (("https://a1b2c3@host/x.git", "ssh://git@host/x"), "https://•••@host/x.git ssh://git@host/x"),
        (("--env", "DB_PASSWORD=abc"), "--env DB_PASSWORD=•••"),
        (("bash", "-c", "DB_PASSWORD=abc run it"), "bash -c 'DB_PASSWORD=••• run it'"),
        (("curl", "-sS", "-u", "me:hunter2", "host"), "curl -sS -u me:••• host"),
        (("bash", "-c", "curl -s --user 'me:hunter2' host"), """bash -c 'curl -s --user '"'"'me:•••'"'"' host'"""),
        (("docker", "run", "-u", "app:app", "x"), "docker run -u app:app x"),
        (("o/r", "-user", "me:hunter2"), "o/r -user me:•••"),
        (("--licence_key", "a", "--sshKey", "b", "--jwt=c"), "--licence_key ••• --sshKey ••• --jwt=•••"),
        (("--reads", "https://h/x.fq?token=abc"), "--reads https://h/x.fq?token=•••"),
        (("bash", "-c", "curl -u $A:$B host; id -u a:b"), "bash -c 'curl -u $A:$B host; id -u a:b'"),
    ],
)
def test_words(words: tuple[str, ...], shown: str) -> None:
    assert masking.mask_words(words) == shown


def test_a_file_of_parameters() -> None:
    values = {"reads": "s3://a", "token": "x", "db": {"user": "me", "password": "p"}, "keys": [KEY, "b"], "n": 3}
    assert masking.mask_values(values) == {
        "reads": "s3://a", "token": "•••", "db": "{user: me, password: •••}", "keys": "[•••, b]", "n": "3",
    }  # fmt: skip


def test_parameters_whose_map_or_text_is_secret() -> None:
    values = {
        "credentials": {"user": "joe", "key": "k"}, "logins": [{"password": "p"}], "token": None,
        "header": "Authorization: Bearer abc", "reads": "a b",
    }  # fmt: skip
    assert masking.mask_values(values) == {
        "credentials": "•••", "logins": "[{password: •••}]", "token": "None",
        "header": "Authorization: •••", "reads": "a b",
    }  # fmt: skip


def test_which_options_hold_secrets() -> None:
    assert masking.list_secrets(("--token", "x", "--reads", "y", f"--key={KEY}")) == ["--token", "--key"]


def test_secrets_are_hidden_in_what_a_head_prints() -> None:
    values = {"db": {"password": "pass-word"}, "keys": [KEY], "token": "ab", "reads": "s3://a"}
    secrets = masking.list_values(("--api_key", "abc-def", "--token=xyz-1", "--reads", "b"), values)
    assert secrets == ["abc-def", "xyz-1", "pass-word", KEY]
    assert masking.hide("key abc-def, pass-word; ab", secrets) == "key •••, •••; ab"


def test_secrets_inside_of_maps_and_lists_are_hidden_in_logs_too_and_lines_by_themselves() -> None:
    values = {
        "secrets": {"a": {"b": "inner-1"}}, "logins": [{"password": "inner-2"}], "token": None,
        "private_key": "line one\nline two", "header": "Authorization: Bearer inner-3",
    }  # fmt: skip
    url = "https://me:word-4@5@host/x?a=b"
    secrets = masking.list_values((url,), values)
    assert secrets == [
        url, "inner-1", "inner-2", "line one\nline two", "Authorization: Bearer inner-3", "line one", "line two",
        "me:word-4@5", "word-4@5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"aws configure set key {KEY}; run", "aws configure set key •••; run"),
        ("git clone https://me:pass@host/x.git", "git clone https://•••@host/x.git"),
        ("https://me:pa@ss@host/x.git", "https://•••@host/x.git"),
        ("https://me@lab.org:pass@host/x.git", "https://•••@host/x.git"),
        ("https://host/x.git?token=abc&ref=b", "https://host/x.git?token=•••&ref=b"),
        (f"https://ghp_{'a' * 36}@host/x.git", "https://•••@host/x.git"),
        (f"https://oauth2:glpat-{'a' * 20}@host/x.git", "https://•••@host/x.git"),
        ("https://b.s3.amazonaws.com/x?a=1&X-Amz-Signature=b", "https://b.s3.amazonaws.com/x?a=1&X-Amz-Signature=•••"),
        ("https://a.blob.core.windows.net/c?sv=1&sig=a%3D&se=2", "https://a.blob.core.windows.net/c?sv=1&sig=•••&se=2"),
        ("https://host/x?mail=me@lab.org", "https://host/x?mail=me@lab.org"),
        ("env: TOKEN=abc", "env: TOKEN=•••"),
        ("export DB_PASSWORD='a b' && run --reads a", "export DB_PASSWORD=••• && run --reads a"),
        ("run --verbose --api-key abc --reads a", "run --verbose --api-key ••• --reads a"),
        ("run --reads TOKEN=abc", "run --reads TOKEN=•••"),
        ("curl -H 'Authorization: Bearer abc.def' host", "curl -H 'Authorization: •••' host"),
        ('{"user": "me", "password": "abc"}', '{"user": "me", "password": •••}'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrun", "•••\nrun"),
        ('run --token "$TOKEN" --token $TOKEN', 'run --token "$TOKEN" --token $TOKEN'),
        (
            "quant --index s3://b/salmon: keyword=liver",
            "quant --index s3://b/salmon: keyword=liver",
        ),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masking.mask_text(text) == shown


def test_a_command_stays_words() -> None:
    words = ("bash", "-c", "curl --token abc\ntrue", "--password", "x", "a b")
    assert masking.mask_command(words) == ["bash", "-c", "curl --token •••\ntrue", "--password", "•••", "a b"]


@pytest.mark.parametrize(
    "text", ["ACGT" * 100_000, "a:" * 100_000, "a-" * 100_000, "://a:b" * 30_000, "--a b " * 50_000]
)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    """A file of parameters may hold a genome: it was read from each of its letters on, for minutes."""
    began = time.process_time()
    assert masking.mask_text(text) == text
    assert time.process_time() - began < 10
