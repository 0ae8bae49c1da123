"""Tells another program over HTTPS: one signed POST, no redirects, and not for long."""

import hashlib
import hmac
import http.client
import ssl
from urllib.parse import urlsplit

from sieve_manager.application.ports import Clock
from sieve_manager.errors import NoticeError

SIGNATURE = "X-Sieve-Manager-Signature"
_SECONDS = 10.0


class HttpWebhook:
    """The Webhook port.

    The signature is ``t=SECONDS,v1=HEX``: HMAC-SHA256, with the shared secret, over the
    seconds since 1970, a full stop, and the body.
    """

    def __init__(self, url: str, *, secret: str, clock: Clock) -> None:
        self._url = urlsplit(url)
        self._secret = secret.encode()
        self._clock = clock

    def post(self, body: bytes) -> None:
        """Send *body*; NoticeError for anything but an answer from 200 to 299."""
        seconds = str(int(self._clock().timestamp()))
        signed = hmac.digest(self._secret, seconds.encode() + b"." + body, hashlib.sha256).hex()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "sieve-manager",
            SIGNATURE: f"t={seconds},v1={signed}",
        }
        path = f"{self._url.path or '/'}{'?' if self._url.query else ''}{self._url.query}"
        connection = self._connection()
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoticeError(f"the webhook could not be reached: {error}") from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise NoticeError(f"the webhook answered with status {status}")

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":  # the settings allow it on this machine alone
            return http.client.HTTPConnection(host, port, timeout=_SECONDS)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
