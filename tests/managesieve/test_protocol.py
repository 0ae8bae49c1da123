"""The parser: whole grammar, any chunking, hostile octets, limits."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.errors import ProtocolBrokenError
from sieve_manager.managesieve.protocol import Event, Final, Limits, Line, Parser, Status

SMALL = Limits(line_octets=40, literal_octets=30, lines=3, response_octets=100)

GRAMMAR = [
    (b"OK\r\n", Final(status=Status.OK)),
    (b"ok\r\n", Final(status=Status.OK)),
    (b'No "why"\r\n', Final(status=Status.NO, text="why")),
    (b"BYE {3}\r\nwhy\r\n", Final(status=Status.BYE, text="why")),
    (b'OK "a \\"b\\" \\\\c"\r\n', Final(status=Status.OK, text='a "b" \\c')),
    (b'NO ""\r\n', Final(status=Status.NO)),
    (b"NO {0}\r\n\r\n", Final(status=Status.NO)),
    (b"NO {2}\r\n\r\n\r\n", Final(status=Status.NO, text="\r\n")),
    (b'NO "\xff\xc3\xa9"\r\n', Final(status=Status.NO, text="\ufffd\xe9")),
    (b"NO (quota/maxsize)\r\n", Final(status=Status.NO, code="QUOTA/MAXSIZE")),
    (b"OK (WARNINGS) {1}\r\nw\r\n", Final(status=Status.OK, code="WARNINGS", text="w")),
    (
        b'OK (TAG "abc") "Done"\r\n',
        Final(status=Status.OK, code="TAG", arguments=("abc",), text="Done"),
    ),
    (
        b"OK (TAG {3}\r\na\rb) {4}\r\nDone\r\n",
        Final(status=Status.OK, code="TAG", arguments=("a\rb",), text="Done"),
    ),
    (
        b"BYE (REFERRAL sieve://other.example:4190)\r\n",
        Final(status=Status.BYE, code="REFERRAL", arguments=("sieve://other.example:4190",)),
    ),
    (
        b'NO (X-NEW word "string" 42 (nested ("deep" ()))) "text"\r\n',
        Final(
            status=Status.NO,
            code="X-NEW",
            arguments=("word", "string", "42", "nested", "deep"),
            text="text",
        ),
    ),
    (b'"name"\r\n', Line((b"name",))),
    (b'""\r\n', Line((b"",))),
    (b'"name" ACTIVE\r\n', Line((b"name", "ACTIVE"))),
    (b'"name"  ACTIVE\r\n', Line((b"name", "ACTIVE"))),
    (b'"SIEVE" "a b"\r\n', Line((b"SIEVE", b"a b"))),
    (b'{5}\r\nSIEVE {3}\r\na b\r\n', Line((b"SIEVE", b"a b"))),
    (b"{4+}\r\n\0\r\n\xff\r\n", Line((b"\0\r\n\xff",))),
    (b'"(" ")"\r\n', Line((b"(", b")"))),
    (b'"OK"\r\n', Line((b"OK",))),
    # What Cyrus 3.6 makes of names with quotes and backslashes:
    (b'"a"b"\r\n', Line((b'a"b',))),
    (b'"a"b" ACTIVE\r\n', Line((b'a"b', "ACTIVE"))),
    (b'"a" ACTIVE" ACTIVE\r\n', Line((b'a" ACTIVE', "ACTIVE"))),
    (b'"a" ACTIVE"\r\n', Line((b'a" ACTIVE',))),
    (b'"a\\b"\r\n', Line((b"a\\b",))),
    (b'"a\\"\r\n', Line((b"a\\",))),
    (b'NO "Script a"b is not there"\r\n', Final(status=Status.NO, text='Script a"b is not there')),
    (
        b'NO (NONEXISTENT) "Script a\\b is not there"\r\n',
        Final(status=Status.NO, code="NONEXISTENT", text="Script a\\b is not there"),
    ),
]  # fmt: skip

BROKEN = [
    b"\r\n",
    b"OK\n",
    b"OK\r\r\n",
    b" \r\n",
    b"HELLO\r\n",
    b"OK NO\r\n",
    b"OK \r\n",
    b"OK(A)\r\n",
    b'OK "a" "b"\r\n',
    b'OK "a\r\n',
    b'OK "a\0b"\r\n',
    b'OK "a"b\r\n',
    b'"a"{1}\r\nb\r\n',
    b'{1}\r\na "b"c"\r\n',
    b'"a\0"b"\r\n',
    b'"a"b" PASSIVE\r\n',
    b'NO "a"b" ACTIVE\r\n',
    b'NO (TAG "a"b") "c"\r\n',
    b"OK (\r\n",
    b"OK (A))\r\n",
    b"OK ()\r\n",
    b'OK ("A")\r\n',
    b"OK ((A))\r\n",
    b"OK )(\r\n",
    b'"a" (b)\r\n',
    b"{-1}\r\n",
    b"{99999999999}\r\n",
    b"{1 }\r\n",
    b"OK {1\r\n",
    b"\xff\r\n",
    b"OK \\\r\n",
]


def parsed(octets: bytes, limits: Limits | None = None, cuts: tuple[int, ...] = ()) -> list[Event]:
    """Return all events, as many as come out before an error, which ends the list."""
    parser = Parser(limits or Limits())
    events: list[Event] = []
    edges = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    try:
        for start, end in itertools.pairwise(edges):
            parser.feed(octets[start:end])
            while event := parser.next_event():
                events.append(event)
    except ProtocolBrokenError:
        events.append(Final(status=Status.BYE, code="broken"))
    return events


@pytest.mark.parametrize(("octets", "event"), GRAMMAR)
def test_every_form_of_the_grammar_is_understood(octets: bytes, event: Event) -> None:
    parser = Parser(Limits())
    parser.feed(octets)
    assert parser.next_event() == event
    assert parser.next_event() is None
    assert not parser.pending


@pytest.mark.parametrize("octets", BROKEN)
def test_what_is_not_the_grammar_breaks_the_protocol(octets: bytes) -> None:
    parser = Parser(Limits())
    parser.feed(octets)
    with pytest.raises(ProtocolBrokenError):
        parser.next_event()


@pytest.mark.parametrize("octets", [octets for octets, _ in GRAMMAR])
def test_every_beginning_of_a_line_waits_for_the_rest_of_it(octets: bytes) -> None:
    for end in range(1, len(octets)):
        parser = Parser(Limits())
        parser.feed(octets[:end])
        assert parser.next_event() is None
        assert parser.pending
        parser.feed(octets[end:])
        assert parser.next_event() is not None


LINES = st.sampled_from([*(octets for octets, _ in GRAMMAR), *BROKEN])
PIECES = st.sampled_from([b'"', b"(", b"{3}\r\n", b"\r\n", b"\\"])
HOSTILE = st.lists(st.one_of(LINES, PIECES, st.binary(max_size=8))).map(b"".join)
CUTS = st.lists(st.integers(min_value=0, max_value=400), max_size=12).map(tuple)


@given(HOSTILE, CUTS)
def test_any_chunking_gives_the_same_events(octets: bytes, cuts: tuple[int, ...]) -> None:
    assert parsed(octets, cuts=cuts) == parsed(octets)
    assert parsed(octets, SMALL, cuts) == parsed(octets, SMALL)


@given(st.binary(max_size=200))
def test_a_literal_is_exact(octets: bytes) -> None:
    assert parsed(b"{%d}\r\n%b\r\n" % (len(octets), octets)) == [Line((octets,))]


@given(st.text(alphabet=st.characters(exclude_characters="\0\r\n", codec="utf-8"), max_size=50))
def test_a_quoted_string_is_exact(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').encode()
    assert parsed(b'"%b"\r\n' % quoted) == [Line((text.encode(),))]


@pytest.mark.parametrize(
    ("octets", "too_long"),
    [
        (b'OK "' + b"a" * 34 + b'"\r\n', False),
        (b'OK "' + b"a" * 35 + b'"\r\n', True),
        (b'OK "' + b"a" * 37, True),
        (b'NO (A {1}\r\nx) "' + b"a" * 18 + b'"\r\n', False),
        (b'NO (A {1}\r\nx) "' + b"a" * 35 + b'"\r\n', True),
        (b"{30}\r\n" + b"a" * 30 + b"\r\n", False),
        (b"{31}\r\n", True),
        (b'"a"\r\n' * 3 + b"OK\r\n" + b'"a"\r\n' * 3 + b"OK\r\n", False),
        (b'"a"\r\n' * 4, True),
        (b"{30}\r\n" + b"a" * 30 + b"\r\n" + b"{30}\r\n" + b"a" * 30 + b"\r\nOK\r\n", False),
        ((b"{30}\r\n" + b"a" * 30 + b"\r\n") * 3, True),
        ((b"{30}\r\n" + b"a" * 30 + b"\r\nOK\r\n") * 3, False),
        ((b'OK "' + b"a" * 30 + b'"\r\n') * 3, False),
    ],
)
def test_limits_hold_to_the_octet(octets: bytes, too_long: bool) -> None:
    assert (parsed(octets, SMALL)[-1] == Final(status=Status.BYE, code="broken")) is too_long


def test_an_endless_line_is_noticed_before_its_end() -> None:
    parser = Parser(Limits())
    for _ in range(65):
        parser.feed(b"a" * 1_000)
        assert parser.next_event() is None
    parser.feed(b"a" * 1_000)
    with pytest.raises(ProtocolBrokenError, match="line"):
        parser.next_event()


def test_deep_nesting_needs_no_recursion() -> None:
    octets = b"OK (A " + b"(" * 20_000 + b")" * 20_000 + b")\r\n"
    assert parsed(octets) == [Final(status=Status.OK, code="A")]


def test_a_long_response_takes_time_in_proportion() -> None:
    octets = b"".join(b'"%d"\r\n' % number for number in range(1_000)) + b"OK\r\n"
    assert len(parsed(octets, cuts=tuple(range(0, len(octets), 7)))) == 1_001
