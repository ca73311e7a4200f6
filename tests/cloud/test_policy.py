"""Permissions as IAM policy documents."""

from cloud.policy import SIZE, Permission, Scope, documents, has_tag, size


def test_a_statement() -> None:
    assert Permission("Read", ("s3:ListBucket", "s3:GetObject")).statement() == {
        "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*",
    }  # fmt: skip


def test_a_statement_with_resources_and_a_condition() -> None:
    statement = Permission("End", ("ec2:TerminateInstances",), ("b", "a"), has_tag("kiln:build")).statement()
    assert statement["Resource"] == ["a", "b"]
    assert statement["Condition"] == {"Null": {"aws:ResourceTag/kiln:build": "false"}}
    assert has_tag("x", on="Request") == {"Null": {"aws:RequestTag/x": "false"}}


def test_arns() -> None:
    scope = Scope("cn-north-1", "123456789012")
    assert scope.ec2("volume", "image", "snapshot", name="x") == (
        "arn:aws-cn:ec2:cn-north-1:123456789012:volume/x",
        "arn:aws-cn:ec2:cn-north-1::image/x",
        "arn:aws-cn:ec2:cn-north-1::snapshot/x",
    )
    assert scope.arn("batch", "job-queue/*") == "arn:aws-cn:batch:cn-north-1:123456789012:job-queue/*"
    assert scope.iam("role/r") == "arn:aws-cn:iam::123456789012:role/r"
    assert Scope().ec2("volume") == ("arn:aws:ec2:*:*:volume/*",)


def test_white_space_is_not_counted() -> None:
    assert size({"Version": "a b"}) == len('{"Version":"ab"}')


def test_as_few_documents_as_hold_the_statements_in_their_order() -> None:
    assert documents([]) == ()
    one = Permission("A", ("s3:GetObject",), ("x" * 100,))
    empty = size({"Version": "2012-10-17", "Statement": []})
    fits = SIZE - empty - size({"": one.statement()}) + size({"": ""}) - len('""') - 1
    frame = size(Permission("B", ("s3:GetObject",), ("",)).statement())
    exact = Permission("B", ("s3:GetObject",), ("y" * (fits - frame),))
    [both] = documents([one, exact])
    assert size(both) == SIZE
    larger = Permission("B", ("s3:GetObject",), ("y" * (fits - frame + 1),))
    first, second = documents([one, larger])
    assert [statement["Sid"] for document in (first, second) for statement in document["Statement"]] == ["A", "B"]
