"""Operations that answer in pages, or take so many things at once."""

from collections.abc import Iterator

from cloud.pages import list_all, split


class Client:
    """Two pages of roles below a path."""

    def get_paginator(self, operation: str) -> "Client":
        assert operation == "list_roles"
        return self

    def paginate(self, **query: str) -> Iterator[dict[str, list[str]]]:
        yield {"Roles": [f"{query['PathPrefix']}a", f"{query['PathPrefix']}b"], "Users": ["nobody"]}
        yield {"Roles": [f"{query['PathPrefix']}c"]}


def test_every_page_counts() -> None:
    assert list_all(Client(), "list_roles", "Roles", PathPrefix="/x/") == ["/x/a", "/x/b", "/x/c"]


def test_no_more_than_one_call_takes() -> None:
    assert list(split(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(split(["a", "b"], 2)) == [["a", "b"]]
    assert list(split("", 2)) == []
