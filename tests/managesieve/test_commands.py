"""What the client sends: exact octets, nothing that a server could read as another command."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import InvalidInputError, Quota, QuotaError
from sieve_manager.managesieve import commands
from sieve_manager.managesieve.commands import Verb
from sieve_manager.managesieve.endpoint import Credentials
from sieve_manager.managesieve.protocol import Limits, Line, Parser
from sieve_manager.managesieve.replies import script_name

NAME = ScriptName("main")
LONG = b"x" * 1025


@pytest.mark.parametrize(
    ("command", "octets"),
    [
        (commands.plain(Verb.LISTSCRIPTS), b"LISTSCRIPTS\r\n"),
        (commands.noop("t1"), b'NOOP "t1"\r\n'),
        (commands.get_script(NAME), b'GETSCRIPT "main"\r\n'),
        (commands.get_script(ScriptName('a"b\\c')), b'GETSCRIPT "a\\"b\\\\c"\r\n'),
        (commands.get_script(ScriptName("a\r\nb")), b"GETSCRIPT {4+}\r\na\r\nb\r\n"),
        (commands.get_script(ScriptName("a\0")), b"GETSCRIPT {2+}\r\na\0\r\n"),
        (commands.get_script(ScriptName("a\tb")), b"GETSCRIPT {3+}\r\na\tb\r\n"),
        (commands.get_script(ScriptName("\udcff")), b"GETSCRIPT {1+}\r\n\xff\r\n"),
        (commands.put_script(ScriptName("\xe9"), b""), b"PUTSCRIPT {2+}\r\n\xc3\xa9 {0+}\r\n\r\n"),
        (commands.get_script(ScriptName("x" * 1025)), b"GETSCRIPT {1025+}\r\n%b\r\n" % LONG),
        (commands.set_active(NAME), b'SETACTIVE "main"\r\n'),
        (commands.set_active(None), b'SETACTIVE ""\r\n'),
        (commands.delete_script(NAME), b'DELETESCRIPT "main"\r\n'),
        (commands.rename_script(ScriptName("a\nb"), NAME), b'RENAMESCRIPT {3+}\r\na\nb "main"\r\n'),
        (commands.have_space(NAME, 12), b'HAVESPACE "main" 12\r\n'),
        (commands.check_script(b"\r\n\0\xff"), b"CHECKSCRIPT {4+}\r\n\r\n\0\xff\r\n"),
        (commands.put_script(NAME, b""), b'PUTSCRIPT "main" {0+}\r\n\r\n'),
        (commands.put_script(NAME, b"keep;\n"), b'PUTSCRIPT "main" {6+}\r\nkeep;\n\r\n'),
    ],
)  # fmt: skip
def test_each_command_is_these_octets(command: commands.Command, octets: bytes) -> None:
    assert command.octets == octets


@pytest.mark.parametrize(
    "text", ["", "a\nb", "a\0", "\x7f", "\x85", "\u2028", "a/b", "x" * 513, "\udcff"]
)
def test_a_name_that_may_not_be_created_is_refused(text: str) -> None:
    name = ScriptName(text)
    with pytest.raises(InvalidInputError):
        commands.put_script(name, b"keep;")
    with pytest.raises(InvalidInputError):
        commands.have_space(name, 5)
    with pytest.raises(InvalidInputError):
        commands.rename_script(NAME, name)


@pytest.mark.parametrize("text", ["", "\ud800"])
def test_a_name_that_no_server_can_have_listed_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        commands.get_script(ScriptName(text))


@given(st.binary(min_size=1, max_size=40))
def test_any_name_that_a_server_lists_is_sent_back_to_the_octet(octets: bytes) -> None:
    sent = commands.delete_script(script_name(octets)).octets.removeprefix(b"DELETESCRIPT ")
    parser = Parser(Limits())
    parser.feed(sent)
    assert parser.next_event() == Line((octets,))
    assert not parser.pending


def test_a_script_too_long_to_be_read_back_is_not_sent() -> None:
    octets = b"#" * (commands.MAX_SCRIPT_OCTETS + 1)
    with pytest.raises(QuotaError) as caught:
        commands.put_script(NAME, octets)
    assert caught.value.quota is Quota.MAXSIZE
    assert commands.check_script(octets[1:]).verb is Verb.CHECKSCRIPT
    assert Limits().literal_octets == commands.MAX_SCRIPT_OCTETS


def test_credentials_are_sasl_plain_in_base64() -> None:
    command = commands.authenticate(
        Credentials(login="desk", password="gehe\u00efm", authorisation_identity="anna")
    )
    verb, mechanism, message = command.octets.split()
    assert (verb, mechanism) == (b"AUTHENTICATE", b'"PLAIN"')
    assert base64.b64decode(message.strip(b'"')) == "anna\0desk\0gehe\u00efm".encode()


def test_long_credentials_are_sent_as_a_literal() -> None:
    command = commands.authenticate(Credentials(login="anna", password="x" * 2_000))
    assert command.octets.startswith(b'AUTHENTICATE "PLAIN" {2676+}\r\n')


def test_no_repr_shows_a_password() -> None:
    credentials = Credentials(login="anna", password="hunter2")
    assert "hunter2" not in repr(credentials)
    assert "anna" in repr(credentials)
    secret = base64.b64encode(b"\0anna\0hunter2").decode()
    assert secret not in repr(commands.authenticate(credentials))


def test_only_what_changes_something_counts_as_a_change() -> None:
    changing = {verb for verb in Verb if commands.plain(verb).changes}
    assert changing == {
        Verb.PUTSCRIPT,
        Verb.SETACTIVE,
        Verb.DELETESCRIPT,
        Verb.RENAMESCRIPT,
    }
