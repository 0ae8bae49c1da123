"""Which of the extensions that we declare a script uses, so that taking ours out harms nobody."""

from collections.abc import Collection, Iterable, Iterator

from sieve_manager.sieve.grammar import Argument, Command, String, Tag, Test, Tree
from sieve_manager.sieve.rules import Rule, required

_BY_COMMAND = {
    "fileinto": "fileinto",
    "vacation": "vacation",
    "include": "include",
    "addflag": "imap4flags",
    "setflag": "imap4flags",
    "removeflag": "imap4flags",
}
_BY_TEST = {
    "date": "date",
    "currentdate": "date",
    "hasflag": "imap4flags",
    "mailboxexists": "mailbox",
    "spamtest": "spamtest",
}
_BY_TAG = {
    "copy": "copy",
    "create": "mailbox",
    "flags": "imap4flags",
    "value": "relational",
    "count": "relational",
}
_NUMERIC = "i;ascii-numeric"


def used_extensions(tree: Tree, *, without: Collection[Rule] = ()) -> frozenset[str]:
    """Those of our extensions that the script uses outside of the rules in *without*."""
    ours = {command.start for rule in without for command in rule.commands}
    used = set(used_by_commands(one for one in tree.commands if one.start not in ours))
    if "imapflags" in required(tree):
        used.discard("imap4flags")  # the commands of the draft that came before it
    return frozenset(used)


def used_by_commands(commands: Iterable[Command]) -> frozenset[str]:
    """Those of our extensions that these commands use."""
    return frozenset(_of_commands(commands))


def used_by_test(test: Test) -> frozenset[str]:
    """Those of our extensions that this test uses."""
    return frozenset(_of_tests((test,)))


def _of_commands(commands: Iterable[Command]) -> Iterator[str]:
    for command in commands:
        if command.name in _BY_COMMAND:
            yield _BY_COMMAND[command.name]
        yield from _of_arguments(command.arguments)
        yield from _of_tests(command.tests)
        yield from _of_commands(command.block or ())


def _of_tests(tests: tuple[Test, ...]) -> Iterator[str]:
    for test in tests:
        if test.name in _BY_TEST:
            yield _BY_TEST[test.name]
        yield from _of_arguments(test.arguments)
        yield from _of_tests(test.tests)


def _of_arguments(arguments: tuple[Argument, ...]) -> Iterator[str]:
    comparator = False
    for argument in arguments:
        match argument:
            case Tag(name):
                if name in _BY_TAG:
                    yield _BY_TAG[name]
                comparator = name == "comparator"
            case String(value) if comparator and value.lower() == _NUMERIC:
                yield f"comparator-{_NUMERIC}"
            case _:
                comparator = False
