"""What a server announces is asked in one place."""

from sieve_manager.domain.capabilities import ServerCapabilities


def test_extensions_are_compared_without_case() -> None:
    server = ServerCapabilities(sieve=frozenset({"copy", "fileinto"}))
    assert server.has("Copy", "fileinto")
    assert server.has()
    assert not server.has("copy", "include")


def test_only_servers_of_rfc_5804_can_check() -> None:
    assert ServerCapabilities(version="1.0").can_check
    assert not ServerCapabilities().can_check
