"""Escapes of URLs (RFC 3986). urllib.parse would do, but what it loads takes its time under software emulation."""

from __future__ import annotations

from collections.abc import Iterable

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def quote(text: str, safe: str = "/") -> str:
    """Every byte of UTF-8 escaped but letters, digits, -._~ and what is `safe`."""
    plain = _PLAIN | frozenset(safe.encode())
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode())


def write_query(pairs: Iterable[tuple[str, str]]) -> str:
    """name=value&…, with every reserved character escaped."""
    return "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in pairs)
