"""A ManageSieve client (RFC 5804): the protocol without I/O, a connection, and a pool."""

from sieve_manager.managesieve.connection import Connection
from sieve_manager.managesieve.endpoint import Credentials, Deadlines, Endpoint, Mechanism, TlsMode
from sieve_manager.managesieve.masters import MasterConnections
from sieve_manager.managesieve.observing import Observe, observing, unobserved
from sieve_manager.managesieve.pool import Pool

__all__ = [
    "Connection",
    "Credentials",
    "Deadlines",
    "Endpoint",
    "MasterConnections",
    "Mechanism",
    "Observe",
    "Pool",
    "TlsMode",
    "observing",
    "unobserved",
]
