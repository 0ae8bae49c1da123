"""RFC 5804 as the client hears it, without I/O: octets in, events out.

The parser knows lines, strings and literals; what a line means for a command is decided in
``replies.py``. However the octets are cut into pieces, the events are the same.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sieve_manager.errors import ProtocolBrokenError

Token = bytes | str
"""A string of the protocol (its octets), or an atom or parenthesis (``str``)."""

_TOKEN = re.compile(
    rb'( *)(?:"([^"\\\r\n\0]*(?:\\["\\][^"\\\r\n\0]*)*)"'  # quoted string
    rb"|\{([0-9]{1,10})\+?\}\Z"  # literal: its octets follow the line break
    rb"|([!#-'*-\[\]-z|-~]+|[()]))"  # atom or parenthesis
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
# Cyrus 3.6 escapes nothing: a script named a"b is listed as "a"b", and NO "Script a"b ...".
_UNESCAPED = re.compile(
    rb'(?:(OK|NO|BYE) (?:(\()([A-Z/-]+)(\)) )?)?"([^\r\0]+)"(?: (ACTIVE))?', re.IGNORECASE
)

_REPEATED_OCTETS = 512


class Status(StrEnum):
    """How a response ends (RFC 5804 §1.2)."""

    OK = "OK"
    NO = "NO"
    BYE = "BYE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server may send before it is taken for broken or hostile.

    *line_octets* counts a line without its literals; *literal_octets* is for each literal;
    *lines* and *response_octets* are for all that one command is answered.
    """

    line_octets: int = 65_536
    literal_octets: int = 4 * 1024 * 1024
    lines: int = 1_000
    response_octets: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line of data: a string, then perhaps more strings and atoms."""

    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The OK, NO or BYE that ends a response.

    *code* is the response code in upper case, "" where there is none; *arguments* are its
    strings and atoms, those within its parentheses too (RFC 5804 §1.3); *text* is for people.
    """

    status: Status
    code: str = ""
    arguments: tuple[str, ...] = ()
    text: str = ""


Event = Line | Final


class Parser:
    """Turns the octets of one server, fed in pieces of any size, into events."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._scanned = 0  # no line feed stands before this index
        self._tokens: list[Token] = []  # of the line so far, when literals divide it
        self._literal: int | None = None  # octets of the literal that is being read
        self._line_octets = 0
        self._lines = 0
        self._response_octets = 0

    @property
    def pending(self) -> bool:
        """Whether octets were fed that no event has used up."""
        return bool(self._buffer or self._tokens or self._literal is not None)

    def feed(self, octets: bytes) -> None:
        """Take *octets* as they came from the server."""
        self._buffer += octets

    def next_event(self) -> Event | None:
        """Return the next event, or None until more octets are fed.

        Raises:
            ProtocolBrokenError: not RFC 5804 §4, or over a limit; do not go on after it.
        """
        while True:
            if self._literal is not None:
                if len(self._buffer) < self._literal:
                    return None
                self._tokens.append(self._take(self._literal))
                self._literal = None
            fragment = self._next_fragment()
            if fragment is None:
                return None
            if not self._tokens and len(fragment) <= _REPEATED_OCTETS:
                event = _whole_line(fragment)
                if event:
                    return self._finish_line(event)
            self._literal = self._tokenise(fragment)
            if self._literal is None:
                return self._finish_line(_event(self._tokens))
            self._count(self._literal)
            if self._literal > self._limits.literal_octets:
                raise ProtocolBrokenError("The server announced too long a literal")

    def _next_fragment(self) -> bytes | None:
        """Return what stands before the next line break, and drop both from the buffer."""
        end = self._buffer.find(b"\n", self._scanned)
        self._scanned = len(self._buffer)
        length = self._line_octets + (end if end >= 0 else self._scanned)
        if length > self._limits.line_octets:
            raise ProtocolBrokenError("The server sent too long a line")
        if end < 0:
            return None
        self._line_octets = length
        line = self._take(end + 1)
        self._count(len(line))
        if not line.endswith(b"\r\n"):
            raise ProtocolBrokenError("The server sent a line feed without a carriage return")
        return line[:-2]

    def _tokenise(self, fragment: bytes) -> int | None:
        """Keep the tokens of *fragment*; return the literal's length where it ends in one."""
        if not self._tokens:
            self._tokens, literal = _tokens_of(fragment)
            return literal
        return _tokenise(fragment, self._tokens)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._scanned = 0
        return taken

    def _count(self, octets: int) -> None:
        self._response_octets += octets
        if self._response_octets > self._limits.response_octets:
            raise ProtocolBrokenError("The server sent too long a response")

    def _finish_line(self, event: Event) -> Event:
        self._tokens = []
        self._line_octets = 0
        if isinstance(event, Final):
            self._lines = self._response_octets = 0
            return event
        self._lines += 1
        if self._lines > self._limits.lines:
            raise ProtocolBrokenError("The server sent too many lines")
        return event


@lru_cache(maxsize=256)
def _whole_line(fragment: bytes) -> Event | None:
    """The event that a line without literals is; None where it has some.

    Kept, for in every session a server announces the same and says OK in the same words.
    """
    tokens, literal = _tokens_of(fragment)
    return _event(tokens) if literal is None else None


def _tokens_of(fragment: bytes) -> tuple[list[Token], int | None]:
    """The tokens of a line's beginning, and the literal's length where it ends in one."""
    tokens: list[Token] = []
    try:
        return tokens, _tokenise(fragment, tokens)
    except ProtocolBrokenError:
        unescaped = _UNESCAPED.fullmatch(fragment)
        if not unescaped:
            raise
        return _unescaped(unescaped), None


def _tokenise(fragment: bytes, tokens: list[Token]) -> int | None:
    """Append the tokens of *fragment*; return the literal's length where it ends in one."""
    position = 0
    while position < len(fragment):
        match = _TOKEN.match(fragment, position)
        if match is None:
            raise ProtocolBrokenError("The server sent a line that is not RFC 5804")
        space, quoted, literal, atom = match.groups()
        word: Token | None = None
        if quoted is not None:
            word = _ESCAPED.sub(rb"\1", quoted)
        elif atom is not None:
            word = atom.decode("ascii")
        if tokens and not space and tokens[-1] != "(" and word != ")":
            raise ProtocolBrokenError("The server sent two words without a space between them")
        if word is None:
            return int(literal)
        tokens.append(word)
        position = match.end()
    return None


def _unescaped(line: re.Match[bytes]) -> list[Token]:
    *words, quoted, active = line.groups()
    tokens: list[Token] = [word.decode("ascii") for word in words if word]
    return [*tokens, quoted, *(["ACTIVE"] if active else [])]


def _event(tokens: list[Token]) -> Event:
    match tokens:
        case [bytes(), *rest] if "(" not in rest and ")" not in rest:
            return Line(tuple(tokens))
        case [str(word), *rest] if word.upper() in Status.__members__:
            return _final(Status(word.upper()), rest)
        case _:
            raise ProtocolBrokenError("The server sent a line that is no response")


def _final(status: Status, rest: list[Token]) -> Final:
    code: str = ""
    arguments: tuple[str, ...] = ()
    if rest and rest[0] == "(":
        end = _closing(rest)
        code, arguments = _code(rest[1:end])
        rest = rest[end + 1 :]
    match rest:
        case []:
            text = b""
        case [bytes(text)]:
            pass
        case _:
            raise ProtocolBrokenError("The server ended a response in an unknown way")
    return Final(status=status, code=code, arguments=arguments, text=readable(text))


def _closing(tokens: list[Token]) -> int:
    """Return the index of the parenthesis that closes the first (without recursion)."""
    depth = 0
    for index, word in enumerate(tokens):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return index
    raise ProtocolBrokenError("The server left a response code open")


def _code(tokens: list[Token]) -> tuple[str, tuple[str, ...]]:
    match tokens:
        case [str(name), *rest] if name != "(":
            return name.upper(), tuple(
                word if isinstance(word, str) else readable(word)
                for word in rest
                if word not in ("(", ")")
            )
        case _:
            raise ProtocolBrokenError("The server sent a response code without a name")


def readable(octets: bytes) -> str:
    """Return *octets* as text for people; what is not UTF-8 shows as U+FFFD."""
    return octets.decode("utf-8", "replace")
