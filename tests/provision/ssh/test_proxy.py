"""A proxy command."""

from provision.ssh.proxy import fill_in


def test_tokens_of_a_proxy_command() -> None:
    assert fill_in("ssm %h %p %r 100%% %x", "i-0abc", 22, "ec2-user") == "ssm i-0abc 22 ec2-user 100% %x"
