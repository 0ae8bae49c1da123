"""Includes are found wherever they stand, and say which scripts run."""

from sieve_manager.sieve.grammar import parse
from sieve_manager.sieve.includes import Include, include_of, includes_of, running_scripts
from tests.sieve.making import mailbox


def includes(octets: bytes) -> tuple[Include, ...]:
    tree = parse(octets)
    assert tree is not None
    return includes_of(tree)


def test_every_include_is_read_with_its_tags() -> None:
    octets = b"""
        include "a"; if false { include :global :once "b"; }
        foreverypart { include :personal :optional "c"; } keep;
    """
    assert includes(octets) == (
        Include(name="a"),
        Include(name="b", personal=False, once=True),
        Include(name="c", optional=True),
    )


def test_include_without_a_name_is_read_too() -> None:
    tree = parse(b"include; keep;")
    assert tree is not None
    assert include_of(tree.commands[0], frozenset()) == Include(name="")
    assert include_of(tree.commands[1], frozenset()) is None


def test_running_scripts_are_the_active_one_and_what_it_includes() -> None:
    scripts = mailbox(
        "a",
        a=b'include "b"; include :global "d"; include "missing"; include "c";',
        b=b'include "a"; include "c";',
        c=b"}",
        d=b"keep;",
    )
    assert [script.name.text for script in running_scripts(scripts)] == ["a", "b", "c"]


def test_nothing_runs_where_nothing_is_active() -> None:
    assert running_scripts(mailbox(None, a=b"keep;")) == ()
