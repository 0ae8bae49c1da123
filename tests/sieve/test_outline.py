"""The outline shows what others' rules do, and every way in which they send mail on."""

import pytest

from sieve_manager.sieve.compile import compile_forward
from sieve_manager.sieve.dialects import Dialect
from sieve_manager.sieve.includes import Include
from sieve_manager.sieve.outline import ForeignRedirect, Item, ItemKind, Outline, outline
from tests.sieve.making import OPTIONS, forward


def redirect(
    target: str,
    *,
    rule: str = "",
    conditional: bool = False,
    copy: bool = False,
    dialect: Dialect = Dialect.HAND,
    notifies: bool = False,
) -> ForeignRedirect:
    return ForeignRedirect(
        target=target,
        constant=bool(target),
        rule=rule,
        conditional=conditional,
        copy=copy,
        dialect=dialect,
        notifies=notifies,
    )


def kinds(octets: bytes) -> list[tuple[str, str, bool, bool]]:
    return [
        (one.kind.value, one.argument, one.conditional, one.understood)
        for one in outline(octets).items
    ]


def test_each_action_is_an_item() -> None:
    octets = b"""require ["fileinto", "x-unheard-of"];
        redirect "a@b.c"; fileinto :create "A"; vacation :days 7 "Away"; discard; reject "No";
        ereject "No"; addflag ["a","b"]; setflag "c"; removeflag "d"; notify "mailto:e@f.g";
        keep; include "h"; set "i" "j"; flutter "k"; stop;"""
    assert kinds(octets) == [
        ("redirect", "a@b.c", False, True),
        ("fileinto", "A", False, True),
        ("vacation", "Away", False, True),
        ("discard", "", False, True),
        ("reject", "No", False, True),
        ("reject", "No", False, True),
        ("flag", "a, b", False, True),
        ("flag", "c", False, True),
        ("flag", "d", False, True),
        ("notify", "mailto:e@f.g", False, True),
        ("keep", "", False, True),
        ("include", "h", False, True),
        ("set", "j", False, True),
        ("other", "flutter", False, False),
        ("stop", "", False, True),
    ]
    assert outline(octets).requires == ("fileinto", "x-unheard-of")


def test_actions_that_can_never_run_are_left_out() -> None:
    octets = b"""
        if false { redirect "1@x.y"; } elsif true { keep; } else { redirect "2@x.y"; }
        if true { redirect "3@x.y"; } elsif header "a" "b" { redirect "4@x.y"; }
        if header "a" "b" { stop; }
        if true { if not false { stop; } redirect "5@x.y"; }
        redirect "6@x.y";
    """
    seen = outline(octets)
    assert [one.target for one in seen.redirects] == ["3@x.y"]
    assert [one.kind for one in seen.items] == [
        ItemKind.KEEP,
        ItemKind.REDIRECT,
        ItemKind.STOP,
        ItemKind.STOP,
    ]


def test_what_depends_on_the_message_is_conditional() -> None:
    octets = b"""
        redirect "1@x.y";
        if true { redirect "2@x.y"; }
        if header "a" "b" { redirect "3@x.y"; if true { redirect "4@x.y"; } }
        elsif true { redirect "5@x.y"; }
        if header "a" "b" {} else { redirect "6@x.y"; }
        foreverypart { redirect "7@x.y"; }
    """
    found = [(one.target[0], one.conditional) for one in outline(octets).redirects]
    assert found == [
        ("1", False),
        ("2", False),
        ("3", True),
        ("4", True),
        ("5", True),
        ("6", True),
        ("7", True),
    ]


@pytest.mark.parametrize("end", [b"stop", b"return"])
def test_what_follows_a_conditional_end_is_conditional(end: bytes) -> None:
    octets = b'redirect "1@x.y"; if header "a" "b" { ' + end + b'; keep; } redirect "2@x.y"; ' + end
    seen = outline(octets + b'; redirect "3@x.y";')
    found = [(one.target[0], one.conditional) for one in seen.redirects]
    assert found == [("1", False), ("2", True)]
    assert ItemKind.KEEP not in [one.kind for one in seen.items]
    assert outline(end + b'; redirect "1@x.y";').redirects == ()


def test_block_of_an_unknown_command_is_walked_and_marked() -> None:
    assert kinds(b'foreverypart { fileinto "A"; } keep;') == [
        ("other", "foreverypart", True, False),
        ("fileinto", "A", True, False),
        ("keep", "", False, True),
    ]


@pytest.mark.parametrize(
    ("action", "target"),
    [
        (b'redirect "${x}";', ""),
        (b'redirect "a${hex:40}b.c";', "a@b.c"),
        (b'redirect "${x}${hex:40}b.c";', ""),
        (b"redirect text:\na@b.c\n.\n;", "a@b.c"),
        (b'redirect :copy "Name <a@b.c>";', "Name <a@b.c>"),
        (b"redirect;", ""),
        (b"redirect :copy;", ""),
    ],
)
def test_hidden_redirects_are_seen(action: bytes, target: str) -> None:
    octets = b'require ["variables","encoded-character"];' + action
    (found,) = outline(octets).redirects
    assert (found.target, found.constant) == (target, bool(target))
    assert outline(octets).items[0].understood == bool(target)


def test_notice_by_mail_is_a_redirect_of_its_own_kind() -> None:
    octets = b'notify "mailto:a@b.c,d@e.f"; notify :method "addcal";'
    assert outline(octets).redirects == (
        redirect("a@b.c", copy=True, notifies=True),
        redirect("d@e.f", copy=True, notifies=True),
    )


def test_redirect_says_its_rule_its_dialect_and_its_copy() -> None:
    octets = b'# rule:[Invoices]\r\nif header "a" "b" { redirect :copy "a@b.c"; }'
    assert outline(octets).redirects == (
        redirect("a@b.c", rule="Invoices", conditional=True, copy=True, dialect=Dialect.ROUNDCUBE),
    )


def test_script_of_sogo_is_told_by_its_name() -> None:
    assert outline(b"keep;", "sogo").dialect is Dialect.SOGO


def test_our_rules_are_not_in_it_but_our_include_is_known() -> None:
    octets = compile_forward(forward(), OPTIONS).text.encode() + (
        b'# rule:[Sieve Manager: other filters]\r\nif true { include :optional "x"; }\r\nkeep;'
    )
    assert outline(octets) == Outline(
        items=(Item(kind=ItemKind.KEEP),), includes=(Include(name="x", optional=True),)
    )


def test_paused_rule_of_roundcube_is_not_listed() -> None:
    octets = b'# rule:[x]\r\nif false # true\r\n{\r\n\tredirect "a@b.c";\r\n}\r\n'
    assert outline(octets).redirects == ()


def test_unreadable_script_says_so() -> None:
    assert outline(b"}") == Outline(readable=False)
