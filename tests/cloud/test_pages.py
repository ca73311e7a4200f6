"""Operations that answer in pages."""

from collections.abc import Iterator

from cloud.pages import every


class Client:
    """Two pages of roles below a path."""

    def get_paginator(self, operation: str) -> "Client":
        assert operation == "list_roles"
        return self

    def paginate(self, **query: str) -> Iterator[dict[str, list[str]]]:
        yield {"Roles": [f"{query['PathPrefix']}a", f"{query['PathPrefix']}b"], "Users": ["nobody"]}
        yield {"Roles": [f"{query['PathPrefix']}c"]}


def test_every_page_counts() -> None:
    assert every(Client(), "list_roles", "Roles", PathPrefix="/x/") == ["/x/a", "/x/b", "/x/c"]
