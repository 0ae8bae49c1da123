"""One forward becomes one rule, in Roundcube's layout, with exactly the extensions it uses."""

from datetime import date

import pytest

from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import available_copies, compile_forward, missing_extensions
from tests.sieve.making import EXTENSIONS, OPTIONS, SPAMTEST, forward, options


def lines(wanted: Forward) -> list[str]:
    return compile_forward(wanted, OPTIONS).text.split("\r\n")


def test_plain_forward_is_one_flat_named_if() -> None:
    rule = compile_forward(forward("b@example.net", "c@example.org"), OPTIONS)
    assert rule.text == (
        "# rule:[Sieve Manager: forward (Europe/Zurich)]\r\n"
        "if true\r\n"
        "{\r\n"
        '\tredirect :copy "b@example.net";\r\n'
        '\tredirect :copy "c@example.org";\r\n'
        "}\r\n"
    )
    assert rule.requires == ("copy",)


def test_single_test_stands_without_allof() -> None:
    wanted = forward(hold_spam=True)
    rule = compile_forward(wanted, options(headers=[("X-Spam-Flag", "YES")]))
    assert 'if not header :is "X-Spam-Flag" "YES"\r\n{' in rule.text


def test_days_become_instants_of_their_zone_with_daylight_saving() -> None:
    wanted = forward(first=date(2027, 3, 28), last=date(2027, 3, 28))
    assert lines(wanted)[1] == (
        'if allof (currentdate :zone "+0000" :value "ge" "iso8601" "2027-03-27T23:00:00+00:00", '
        'currentdate :zone "+0000" :value "le" "iso8601" "2027-03-28T21:59:59+00:00")'
    )


def test_paused_rule_keeps_its_tests_in_a_comment() -> None:
    assert lines(forward(paused=True))[1] == "if false # true"
    assert lines(forward(paused=True, hold_spam=True))[1].startswith("if false # allof (not header")


@pytest.mark.parametrize(
    ("copy", "actions", "requires"),
    [
        ("inbox", [':copy "b@example.net"'], ("copy",)),
        ("read", [':copy "b@example.net"', 'addflag "\\\\Seen"'], ("copy", "imap4flags")),
        (
            'folder:A "b" \\c',
            [':copy "b@example.net"', 'fileinto :create "A \\"b\\" \\\\c"', "stop"],
            ("copy", "fileinto", "mailbox"),
        ),
        (
            "trash",
            [':copy "b@example.net"', 'fileinto :create "Trash"', "stop"],
            ("copy", "fileinto", "mailbox"),
        ),
        ("none", ['"b@example.net"', "stop"], ()),
    ],
)
def test_each_copy_has_its_actions(
    copy: str, actions: list[str], requires: tuple[str, ...]
) -> None:
    rule = compile_forward(forward(copy=copy), OPTIONS)
    expected = "".join(f"\t{action};\r\n" for action in [f"redirect {actions[0]}", *actions[1:]])
    assert rule.text.endswith(f"if true\r\n{{\r\n{expected}}}\r\n")
    assert rule.requires == requires


def test_folder_is_not_created_where_the_server_cannot() -> None:
    rule = compile_forward(forward(copy="folder:A"), options("mailbox"))
    assert '\tfileinto "A";' in rule.text
    assert rule.requires == ("copy", "fileinto")


def test_name_of_trash_stands_in_the_rules_name() -> None:
    rule = compile_forward(forward(copy="trash"), options(trash="INBOX/Papierkorb"))
    first_line = rule.text.split("\r\n")[0]
    assert first_line == (
        "# rule:[Sieve Manager: forward, Trash: INBOX/Papierkorb (Europe/Zurich)]"
    )


def test_spamtest_is_used_beside_the_headers_where_announced() -> None:
    rule = compile_forward(forward(hold_spam=True), options(plus=SPAMTEST))
    assert (
        'allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", '
        'not spamtest :value "ge" :comparator "i;ascii-numeric" "10")'
    ) in rule.text
    assert rule.requires == ("comparator-i;ascii-numeric", "copy", "relational", "spamtest")


def test_forward_that_lets_spam_through_tests_nothing() -> None:
    rule = compile_forward(forward(), options(plus=SPAMTEST))
    assert "if true" in rule.text
    assert rule.requires == ("copy",)


@pytest.mark.parametrize(
    ("wanted", "without", "missing"),
    [
        (forward(), ["copy"], ("copy",)),
        (forward(copy="none"), ["copy"], ()),
        (forward(copy="read"), ["imap4flags"], ("imap4flags",)),
        (forward(copy="trash"), ["fileinto", "mailbox"], ("fileinto",)),
        (forward(first=date(2027, 1, 1)), ["date", "relational"], ("date", "relational")),
        (forward(last=date(2027, 1, 1)), ["date"], ("date",)),
    ],
)
def test_missing_extensions_are_named_and_nothing_is_written(
    wanted: Forward, without: list[str], missing: tuple[str, ...]
) -> None:
    given = options(*without)
    assert missing_extensions(wanted, given) == missing
    if missing:
        with pytest.raises(InvalidInputError) as caught:
            compile_forward(wanted, given)
        assert caught.value.code == "extension-missing"
        assert caught.value.facts == {"extensions": ", ".join(missing)}


def test_spam_can_be_held_back_by_headers_or_by_spamtest() -> None:
    wanted = forward(hold_spam=True)
    assert missing_extensions(wanted, options(headers=[])) == (
        "comparator-i;ascii-numeric",
        "spamtest",
    )
    assert missing_extensions(wanted, options(headers=[], plus=SPAMTEST)) == ()
    assert missing_extensions(wanted, options()) == ()


def test_available_copies_say_what_each_lacks() -> None:
    assert set(available_copies(EXTENSIONS).values()) == {()}
    assert available_copies(frozenset({"fileinto"})) == {
        CopyKind.INBOX: ("copy",),
        CopyKind.READ: ("copy", "imap4flags"),
        CopyKind.FOLDER: ("copy",),
        CopyKind.TRASH: ("copy",),
        CopyKind.NONE: (),
    }


@pytest.mark.parametrize("trash", [None, "", "a\r\nb", "a\x00"])
def test_without_a_usable_trash_folder_trash_is_refused(trash: str | None) -> None:
    with pytest.raises(InvalidInputError) as caught:
        compile_forward(forward(copy="trash"), options(trash=trash))
    assert caught.value.code == "no-trash"
