"""The generic grammar of Sieve (RFC 5228 §8) on octets, with the exact place of everything.

It knows no command and no extension, so it reads any script that is Sieve at all. It takes
time in proportion to the script's length.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# Pigeonhole's limit for blocks and for tests; deeper scripts do not run there either.
MAX_NESTING = 32
# A tree takes some 12 times the octets of its script, and in the worst case 115 times.
LARGEST_KEPT = 200_000
_CR = 0x0D
BOM = b"\xef\xbb\xbf"

# Every octet belongs to some token, so that the search never starts again; possessive
# quantifiers keep it from going back.
_TOKEN = re.compile(
    rb"""
    [ \t\r\n]*+ (?:
      (?P<comment>\#[^\n]*+ | /\*.*?\*/)
    | (?P<multiline>[Tt][Ee][Xx][Tt]:[ \t]*+(?:\#[^\n]*+|\r)?\n
        (?:(?!\.\r?(?:\n|\Z))[^\n]*+\n)*+\.\r?(?:\n|\Z))
    | (?P<quoted>"[^"\\]*+(?:\\.[^"\\]*+)*+")
    | (?P<sign>[\[\](){},;])
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    | (?P<tag>:[A-Za-z_][A-Za-z0-9_]*+)
    | (?P<number>[0-9]++[KkMmGg]?)
    | (?P<end>\Z)
    | (?P<wrong>.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_STUFFED_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class String:
    """One string, decoded; octets that are not UTF-8 are surrogates."""

    value: str


@dataclass(frozen=True, slots=True)
class StringList:
    """A list of strings in brackets."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, with its quantifier."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged argument, in lower case and without the colon."""

    name: str


Argument = String | StringList | Number | Tag


@dataclass(frozen=True, slots=True)
class Test:
    """A test; *tests* are those of ``not``, ``allof`` and ``anyof``; *end* is its offset."""

    __test__ = False  # not for pytest

    name: str
    arguments: tuple[Argument, ...]
    tests: tuple["Test", ...]
    end: int


@dataclass(frozen=True, slots=True)
class Command:
    """A command from octet *start* to *end*; *body* is where its block or its ``;`` begins."""

    name: str
    arguments: tuple[Argument, ...]
    tests: tuple[Test, ...]
    block: tuple["Command", ...] | None
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from octet *start* to *end*; one with ``#`` ends before its line break."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A script that could be read: its commands and comments in order; equal to itself only."""

    octets: bytes
    commands: tuple[Command, ...]
    comments: tuple[Comment, ...]

    def text(self, part: Command | Comment) -> str:
        """The source of *part*; octets that are not UTF-8 show as replacement characters."""
        return self.octets[part.start : part.end].decode("utf-8", "replace")


class _GrammarError(Exception):
    """The octets are not Sieve; never leaves this module."""


def parse(octets: bytes) -> Tree | None:
    """Return the script as a tree, or None where it does not follow the generic grammar.

    A byte order mark is skipped. NUL, which servers refuse, and nesting beyond 32 make it
    unreadable. The last few trees are kept, because a page looks at one script many times.
    """
    return _kept(octets) if len(octets) <= LARGEST_KEPT else _parsed(octets)


def _parsed(octets: bytes) -> Tree | None:
    try:
        parser = _Parser(octets)
        return Tree(octets, parser.all_commands(), tuple(parser.comments))
    except _GrammarError:
        return None


_kept = lru_cache(maxsize=8)(_parsed)


def parse_test(octets: bytes) -> Test | None:
    """Return the one test that *octets* consist of, or None where they are not one."""
    try:
        parser = _Parser(octets)
        test = parser.test(0)
        return test if parser.peek() == "" else None
    except _GrammarError:
        return None


class _Parser:
    """Recursive descent over tokens; a token's kind is its group, or the sign itself."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.comments: list[Comment] = []
        self.tokens: list[tuple[str, int, int]] = []
        self.at = 0
        self._tokenize()

    def _tokenize(self) -> None:
        octets, append = self.octets, self.tokens.append
        if b"\x00" in octets:
            raise _GrammarError
        begin = len(BOM) if octets.startswith(BOM) else 0
        for match in _TOKEN.finditer(octets, begin):
            kind = match.lastgroup or ""
            start, end = match.span(kind)
            match kind:
                case "sign":
                    append((chr(octets[start]), start, end))
                case "comment":
                    closed = end - 1 if octets[end - 1] == _CR else end
                    self.comments.append(Comment(start, closed))
                case "end":
                    append(("", start, end))
                case "wrong":
                    raise _GrammarError
                case _:
                    append((kind, start, end))

    def peek(self) -> str:
        return self.tokens[self.at][0]

    def take(self, *kinds: str) -> tuple[str, int, int]:
        token = self.tokens[self.at]
        if token[0] not in kinds:
            raise _GrammarError
        self.at += 1
        return token

    def all_commands(self) -> tuple[Command, ...]:
        commands = []
        while self.peek():
            commands.append(self.command(0))
        return tuple(commands)

    def command(self, depth: int) -> Command:
        _, start, end = self.take("name")
        name = self.octets[start:end].decode().lower()
        arguments = self.arguments()
        tests = self.tests(depth)
        sign, body, end = self.take(";", "{")
        block = None
        if sign == "{":
            block, end = self.block(depth + 1)
        return Command(name, arguments, tests, block, start, body, end)

    def block(self, depth: int) -> tuple[tuple[Command, ...], int]:
        if depth > MAX_NESTING:
            raise _GrammarError
        commands = []
        while self.peek() != "}":
            commands.append(self.command(depth))
        return tuple(commands), self.take("}")[2]

    def tests(self, depth: int) -> tuple[Test, ...]:
        if self.peek() == "name":
            return (self.test(depth),)
        if self.peek() != "(":
            return ()
        self.take("(")
        tests = [self.test(depth)]
        while self.take(",", ")")[0] == ",":
            tests.append(self.test(depth))
        return tuple(tests)

    def test(self, depth: int) -> Test:
        if depth > MAX_NESTING:
            raise _GrammarError
        _, start, end = self.take("name")
        name = self.octets[start:end].decode().lower()
        arguments = self.arguments()
        tests = self.tests(depth + 1)
        return Test(name, arguments, tests, self.tokens[self.at - 1][2])

    def arguments(self) -> tuple[Argument, ...]:
        found: list[Argument] = []
        while True:
            match self.peek():
                case "quoted" | "multiline":
                    found.append(String(self.string()))
                case "tag":
                    _, start, end = self.take("tag")
                    found.append(Tag(self.octets[start + 1 : end].decode().lower()))
                case "number":
                    _, start, end = self.take("number")
                    found.append(Number(self.octets[start:end].decode()))
                case "[":
                    found.append(self.string_list())
                case _:
                    return tuple(found)

    def string_list(self) -> StringList:
        self.take("[")
        values = [self.string()]
        while self.take(",", "]")[0] == ",":
            values.append(self.string())
        return StringList(tuple(values))

    def string(self) -> str:
        kind, start, end = self.take("quoted", "multiline")
        octets = self.octets[start:end]
        if kind == "quoted":
            octets = octets[1:-1]
            if b"\\" in octets:
                octets = _ESCAPED.sub(rb"\1", octets)
        else:
            body = octets[octets.index(b"\n") + 1 : octets.rindex(b".")]
            octets = _STUFFED_DOT.sub(b"", body)
        return octets.decode("utf-8", "surrogateescape")
