"""What keeps a page private, unframed, and free of anybody else's code and addresses."""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Nothing inline at all, so no nonce is needed; "self" covers our own static files only.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_A_YEAR_SECONDS = 31_536_000


def protect(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer; HSTS where the pages are reached over HTTPS."""

    @app.after_request
    def headers(response: Response) -> Response:
        put = response.headers
        put["Content-Security-Policy"] = _POLICY
        put["X-Content-Type-Options"] = "nosniff"
        put["X-Frame-Options"] = "DENY"
        # Not "no-referrer": the check of forms over HTTPS compares the referrer's host.
        put["Referrer-Policy"] = "same-origin"
        put["Cross-Origin-Opener-Policy"] = "same-origin"
        put["Cross-Origin-Resource-Policy"] = "same-origin"
        put["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if secure:
            put["Strict-Transport-Security"] = f"max-age={_A_YEAR_SECONDS}"
        if request.endpoint not in _PUBLIC:
            put["Cache-Control"] = "no-store"
        return response


_PUBLIC = frozenset({"static", "look.accent", "look.logo"})


def safe_path(text: str) -> str:
    """A path of ours to go back to; anything that could lead elsewhere becomes the front page."""
    plain = text.isprintable() and "\\" not in text
    return text if plain and text.startswith("/") and not text.startswith("//") else "/"


def client_address(trusted: Sequence[Network]) -> str:
    """The address that asks: what the last proxy that we do not trust came from."""
    address = request.remote_addr or ""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops[-1:] and hops[-1] and is_trusted(address, trusted):
        address = hops.pop()
    return address


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether *address* is in one of these networks."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped  # as a socket for both kinds names its IPv4 peers
    return any(parsed in network for network in trusted)


def at_base_url(application: Wsgi, base_url: str) -> Wsgi:
    """Serve as the configured address says, whatever the headers of a request claim."""
    parts = urlsplit(base_url)
    prefix = parts.path.rstrip("/")

    def serve(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if parts.scheme == "https":
            environ["wsgi.url_scheme"], environ["HTTP_HOST"] = "https", parts.netloc
        path = environ.get("PATH_INFO", "")
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix, path[len(prefix) :]
        return application(environ, start)

    return serve
