"""What answers mean, and which answers mean nothing."""

import pytest

from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.scripts import ScriptListing, ScriptName
from sieve_manager.errors import ProtocolBrokenError
from sieve_manager.managesieve import replies
from sieve_manager.managesieve.protocol import Final, Limits, Line, Parser
from sieve_manager.managesieve.replies import Reply


def reply(octets: bytes) -> Reply:
    parser = Parser(Limits())
    parser.feed(octets)
    lines: list[Line] = []
    while isinstance(event := parser.next_event(), Line):
        lines.append(event)
    assert isinstance(event, Final)
    return Reply(lines=tuple(lines), final=event)


def test_a_listing_keeps_the_servers_order_and_strange_names() -> None:
    listing = replies.listing(
        reply(b'"b"\r\n{4}\r\na\r\nb active\r\n"\\" ACTIVE"\r\n"\xff"\r\n"B"\r\nOK\r\n')
    )
    names = tuple(map(ScriptName, ["b", "a\r\nb", '" ACTIVE', "\udcff", "B"]))
    assert listing == ScriptListing(names=names, active=names[1])
    assert str(listing.names[3]) == "\ufffd"  # and is fit for a page all the same


def test_an_empty_mailbox_has_an_empty_listing() -> None:
    assert replies.listing(reply(b"OK\r\n")) == ScriptListing()


@pytest.mark.parametrize(
    "octets",
    [
        b'""\r\nOK\r\n',
        b'"" ACTIVE\r\nOK\r\n',
        b'"a" ACTIVE\r\n"b" ACTIVE\r\nOK\r\n',
        b'"a" PASSIVE\r\nOK\r\n',
        b'"a" "ACTIVE"\r\nOK\r\n',
        b'"a" ACTIVE ACTIVE\r\nOK\r\n',
    ],
)
def test_a_listing_that_is_none_breaks_the_protocol(octets: bytes) -> None:
    with pytest.raises(ProtocolBrokenError):
        replies.listing(reply(octets))


@pytest.mark.parametrize(
    ("octets", "script"),
    [
        (b"{5}\r\n\r\n\0\xff\n\r\nOK\r\n", b"\r\n\0\xff\n"),
        (b'"keep;"\r\nOK\r\n', b"keep;"),
        (b"{0}\r\n\r\nOK\r\n", b""),
    ],
)
def test_a_script_is_read_to_the_octet(octets: bytes, script: bytes) -> None:
    assert replies.script_octets(reply(octets)) == script


@pytest.mark.parametrize("octets", [b"OK\r\n", b'"a"\r\n"b"\r\nOK\r\n', b'"a" ACTIVE\r\nOK\r\n'])
def test_a_script_that_is_none_breaks_the_protocol(octets: bytes) -> None:
    with pytest.raises(ProtocolBrokenError):
        replies.script_octets(reply(octets))


def test_all_capabilities_are_understood_in_any_case_and_order() -> None:
    announced = reply(
        b'"Version" "1.0"\r\n"sAsL" "plain SCRAM-SHA-1"\r\n{5}\r\nSIEVE "fileinto  COPY"\r\n'
        b'"IMPlemENTATION" {9}\r\nExample 1\r\n"starttls"\r\n"MAXREDIRECTS" "4"\r\n"NOTIFY" "xmpp '
        b'mailto"\r\n"LANGUAGE" "de"\r\n"OWNER" "anna@example.com"\r\n"UNAUTHENTICATE"\r\n'
        b'"X-NEW" "?"\r\nOK\r\n'
    )
    assert replies.capabilities(announced) == ServerCapabilities(
        implementation="Example 1",
        sieve=frozenset({"fileinto", "copy"}),
        sasl=("PLAIN", "SCRAM-SHA-1"),
        starttls=True,
        version="1.0",
        max_redirects=4,
        owner="anna@example.com",
        unauthenticate=True,
    )


def test_a_server_may_announce_nothing() -> None:
    assert replies.capabilities(reply(b"OK\r\n")) == ServerCapabilities()


@pytest.mark.parametrize("number", [b"", b"many", b"-1", b"1" * 5_000, "\u0664".encode()])
def test_a_limit_that_is_no_number_is_none(number: bytes) -> None:
    announced = reply(b'"MAXREDIRECTS" "%b"\r\nOK\r\n' % number)
    assert replies.capabilities(announced).max_redirects is None


@pytest.mark.parametrize("octets", [b'"SASL" PLAIN\r\nOK\r\n', b'"SASL" "PLAIN" "X"\r\nOK\r\n'])
def test_a_capability_that_is_none_breaks_the_protocol(octets: bytes) -> None:
    with pytest.raises(ProtocolBrokenError):
        replies.capabilities(reply(octets))


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"OK (WARNINGS) {9}\r\nline\r\ntwo\r\n", "line\r\ntwo"),
        (b'OK (warnings) "line 1"\r\n', "line 1"),
        (b'OK "PUTSCRIPT completed."\r\n', ""),
        (b'OK (QUOTA) "nearly full"\r\n', ""),
    ],
)
def test_only_warnings_are_warnings(octets: bytes, text: str) -> None:
    assert replies.warnings(reply(octets)) == text
