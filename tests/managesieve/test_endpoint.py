"""Addresses and credentials that cannot be used are refused before anything is sent."""

import pytest

from sieve_manager.errors import InvalidInputError, SettingsError
from sieve_manager.managesieve import Credentials, Deadlines, Endpoint, TlsMode


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_clear_text_is_accepted_for_loopback(host: str) -> None:
    assert Endpoint(host=host, tls=TlsMode.NONE).port == 4190


@pytest.mark.parametrize("host", ["192.0.2.1", "mail.example.com", "::", "localhost.example.net"])
def test_clear_text_is_refused_beyond_loopback(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoint(host=host, tls=TlsMode.NONE)
    assert caught.value.key == "managesieve.tls"
    assert Endpoint(host=host).tls is TlsMode.STARTTLS


def test_an_address_without_host_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoint(host="")
    assert caught.value.key == "managesieve.host"


@pytest.mark.parametrize("port", [-1, 0, 65_536])
def test_an_impossible_port_is_refused(port: int) -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoint(host="mail.example.com", port=port)
    assert caught.value.key == "managesieve.port"


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize("where", ["login", "password", "authorisation_identity"])
def test_text_that_sasl_plain_cannot_carry_is_refused_at_its_field(where: str, text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Credentials(**{"login": "anna", "password": "secret", where: text})
    assert caught.value.where == where
    assert text not in str(caught.value)


def test_a_missing_login_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Credentials(login="", password="secret")
    assert caught.value.where == "login"


def test_signing_in_may_take_longest_for_servers_delay_their_no() -> None:
    deadlines = Deadlines()
    assert deadlines.connect < deadlines.greeting < deadlines.command < deadlines.authenticate
