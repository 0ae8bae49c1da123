"""How single values of the configuration are read, from TOML or from a variable's text."""

import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from sieve_manager.errors import InvalidInputError

_HEADER = re.compile(r"^([!-9;-~]+):[ \t]*([^\x00-\x1f\x7f]+)$")  # RFC 5322 §3.6.8 ftext
_T = TypeVar("_T")


def as_list(value: object) -> object:
    """From the environment a list is JSON, or simply separated by commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError("looks like JSON, but is not") from error
    return [part.strip() for part in value.split(",") if part.strip()]


def content(value: object) -> str:
    """The secret that the file of this name holds, without the line end after it.

    Raises:
        ValueError: cannot be read, or is empty.
    """
    path = Path(str(value))
    try:
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file {path} cannot be read; check its path and owner") from error
    if not secret:
        raise ValueError(f"the file {path} is empty; write the secret into it")
    return secret


def as_headers(value: object) -> object:
    """Header lines such as ``X-Spam-Flag: YES`` as pairs of name and value.

    Raises:
        ValueError: one is not such a line.
    """
    lines = as_list(value)
    if not isinstance(lines, list | tuple):
        return lines
    headers = []
    for line in lines:
        found = _HEADER.match(line) if isinstance(line, str) else None
        if not found:
            raise ValueError(f"{line!r} is not “Header: value”, such as “X-Spam-Flag: YES”")
        headers.append((found.group(1), found.group(2).rstrip()))
    return tuple(headers)


def parsed(parse: Callable[[str], _T], text: str) -> _T:
    """What the domain's *parse* makes of *text*, its refusal as the ValueError pydantic takes."""
    try:
        return parse(text)
    except InvalidInputError as error:
        raise ValueError(str(error)) from error


def revealed(*secrets: SecretStr | None) -> str | None:
    """The first secret that is set."""
    return next((secret.get_secret_value() for secret in secrets if secret), None)


def at_most_one(plain: SecretStr | None, file: SecretStr | None, key: str) -> None:
    """Refuse a secret that is given both as *key* and by file: one of them is out of date."""
    if plain is not None and file is not None:
        raise wrong_key(f"{key}_file", f"is set, and {key} too; keep only one of them")


def wrong_key(key: str, says: str) -> PydanticCustomError:
    """An error of a whole section that is to be shown at its *key*."""
    return PydanticCustomError("wrong_key", "{says}", {"key": key, "says": says})


def existing_file(path: Path) -> Path:
    """*path* where it is a file.

    Raises:
        ValueError: it is not.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine by name or address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(as_list)]
Secret = Annotated[SecretStr | None, Field(repr=False)]
SecretFile = Annotated[SecretStr | None, BeforeValidator(content), Field(repr=False)]
Port = Annotated[int, Field(ge=1, le=65535)]
