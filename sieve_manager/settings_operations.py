"""[metrics] and [logs]: for whoever watches the service."""

from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated

from pydantic import BeforeValidator, IPvAnyNetwork
from pydantic_settings import NoDecode

from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import as_list

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))


class LogFormat(StrEnum):
    """How a line of the log looks."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least that is worth a line."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class MetricsSection(Section):
    """[metrics]: who may read the numbers."""

    allow: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(as_list)] = _LOOPBACK


class LogsSection(Section):
    """[logs]: what is written to standard error."""

    format: LogFormat = LogFormat.TEXT
    level: LogLevel = LogLevel.INFO
