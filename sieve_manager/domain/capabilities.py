"""What a server announces it can do (RFC 5804 §1.7)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCapabilities:
    """A ManageSieve server's capabilities, as announced last.

    *sieve* are the Sieve extensions in lower case; *version* is None where the server does
    not announce RFC 5804 (then CHECKSCRIPT, RENAMESCRIPT and NOOP are missing, §1.7);
    *max_redirects* is per delivery; *owner* is the mailbox acted for, where announced.
    """

    implementation: str = ""
    sieve: frozenset[str] = frozenset()
    sasl: tuple[str, ...] = ()
    starttls: bool = False
    version: str | None = None
    max_redirects: int | None = None
    owner: str | None = None
    unauthenticate: bool = False

    def has(self, *extensions: str) -> bool:
        """Whether all these Sieve extensions are announced."""
        return all(extension.lower() in self.sieve for extension in extensions)

    @property
    def can_check(self) -> bool:
        """Whether CHECKSCRIPT, RENAMESCRIPT and NOOP exist (RFC 5804 §1.7 VERSION)."""
        return self.version is not None
