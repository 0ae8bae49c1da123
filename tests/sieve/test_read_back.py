"""What our rule means is read back from any layout; any other meaning is "changed"."""

from dataclasses import replace
from datetime import date

import pytest

from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.sieve.compile import compile_forward
from sieve_manager.sieve.read_back import OurRules, read_back
from tests.sieve.making import OPTIONS, SPAMTEST, forward, options

FULL = forward(
    "b@example.net",
    "c@example.org",
    copy="folder:Archive",
    first=date(2027, 2, 1),
    last=date(2027, 2, 28),
    hold_spam=True,
)
NAME = "# rule:[Sieve Manager: forward (Europe/Zurich)]\n"


def read(body: str, requires: str = "") -> OurRules:
    return read_back((requires + NAME + body).encode())


def forwards(wanted: Forward) -> bytes:
    return compile_forward(wanted, OPTIONS).text.encode()


@pytest.mark.parametrize("copy", ["inbox", "read", "folder:A/B", "trash", "none"])
@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("hold_spam", [False, True])
def test_what_was_compiled_is_read_back(copy: str, paused: bool, hold_spam: bool) -> None:
    wanted = forward(copy=copy, paused=paused, hold_spam=hold_spam)
    assert read_back(forwards(wanted)) == OurRules(forward=wanted)


def test_everything_at_once_is_read_back() -> None:
    assert read_back(forwards(FULL)).forward == FULL
    with_spamtest = compile_forward(FULL, options(plus=SPAMTEST, headers=[])).text
    assert read_back(with_spamtest.encode()).forward == FULL


def test_another_layout_means_the_same() -> None:
    body = """
      IF allof(
        not header /* flag */ :comparator "i;ascii-casemap" :is ["X-Spam-Flag"] ["YES"],
        currentdate :value "ge" :zone "+0000" ["iso8601"] ["2027-01-31T23:00:00+00:00"], # then
        currentdate :value "le" :zone "+0000" "iso8601" text:
2027-02-28T22:59:59+00:00
.
      ) { redirect "b@example.net" :copy; redirect :copy ["c@example.org"];
          fileinto "Archive"; stop; }
    """
    assert read_back((NAME + body).encode()).forward is None  # text: ends with a line break
    body = body.replace("text:\n2027-02-28T22:59:59+00:00\n.", '"2027-02-28T22:59:59+00:00"')
    assert read(body).forward == FULL


def test_order_of_tests_and_of_harmless_actions_does_not_matter() -> None:
    body = (
        'if allof (currentdate :zone "+0000" :value "le" "iso8601" "2027-02-28T22:59:59+00:00", '
        'not header "x-spam" "yes") { addflag ["\\\\seen"]; redirect :copy "b@example.net"; }'
    )
    wanted = forward(copy="read", last=date(2027, 2, 28), hold_spam=True)
    assert read(body).forward == wanted


@pytest.mark.parametrize("test", ["true", "allof (true)", "anyof (true)"])
def test_only_a_bare_true_stands_for_no_test(test: str) -> None:
    found = read(f'if {test} {{ redirect :copy "b@example.net"; }}')
    assert bool(found.forward) == (test == "true")
    assert bool(found.changed) == (test != "true")


def test_folder_other_than_the_named_trash_is_just_a_folder() -> None:
    text = forwards(forward(copy="trash")).decode()
    moved = text.replace('"Trash"', '"Archive"').encode()
    found = read_back(moved).forward
    assert found is not None
    assert found.copy == Copy(kind=CopyKind.FOLDER, folder="Archive")


ONE = 'redirect :copy "b@example.net";'


@pytest.mark.parametrize(
    "body",
    [
        # other actions
        "if true { }",
        "if true { keep; }",
        f"if true {{ {ONE} keep; }}",
        f"if true {{ {ONE} discard; }}",
        f"if true {{ {ONE} stop; }}",
        f"if true {{ stop; {ONE} }}",
        f"if true {{ {ONE} stop 1; }}",
        'if true { redirect "b@example.net"; }',
        f'if true {{ {ONE} redirect "c@example.net"; }}',
        f"if true {{ {ONE} {ONE} }}",
        f'if true {{ {ONE} redirect :copy "B@example.net"; }}',
        f'if true {{ {ONE} fileinto "A"; }}',
        f'if true {{ {ONE} fileinto :copy "A"; stop; }}',
        f'if true {{ {ONE} fileinto "A"; fileinto "B"; stop; }}',
        f'if true {{ {ONE} fileinto " A"; stop; }}',
        f'if true {{ {ONE} fileinto ["A","B"]; stop; }}',
        f'if true {{ {ONE} addflag "\\\\Flagged"; }}',
        f'if true {{ {ONE} addflag ["\\\\Seen","x"]; }}',
        f'if true {{ {ONE} addflag "var" "\\\\Seen"; }}',
        f'if true {{ {ONE} addflag "\\\\Seen"; addflag "\\\\Seen"; }}',
        f'if true {{ {ONE} addflag "\\\\Seen"; stop; }}',
        'if true { redirect :copy "not an address"; }',
        'if true { redirect :copy "b@example.net" "c@example.net"; }',
        'if true { redirect :copy :copy "b@example.net"; }',
        'if true { redirect :notify "x" "b@example.net"; }',
        'if true { redirect :copy 1 "b@example.net"; }',
        "if true { redirect :copy; }",
        'if true { if true { redirect :copy "b@example.net"; } }',
        'if true { redirect :copy "b@example.net" true; }',
        # other branches
        f"if true {{ {ONE} }} else {{ keep; }}",
        f"if true {{ {ONE} }} elsif true {{ keep; }}",
        # other tests
        f"if not true {{ {ONE} }}",
        f"if false {{ {ONE} }}",
        f"if false # what\n {{ {ONE} }}",
        f"if false # true\n # again\n {{ {ONE} }}",
        f"if {{ {ONE} }}",
        f"if (true, true) {{ {ONE} }}",
        f"if 1 true {{ {ONE} }}",
        f"if true :odd {{ {ONE} }}",
        f'if allof :odd (not header "X-Spam" "Yes") {{ {ONE} }}',
        f"if size :over 1K {{ {ONE} }}",
        f'if header :is "X-Spam" "Yes" {{ {ONE} }}',
        f'if not header :contains "X-Spam" "Yes" {{ {ONE} }}',
        f'if not header :comparator "i;octet" :is "X-Spam" "Yes" {{ {ONE} }}',
        f'if not header :is "X-Spam" {{ {ONE} }}',
        f'if not header :is "Subject" "Yes" {{ {ONE} }}',
        f'if not header :is ["X-Spam","Subject"] "Yes" {{ {ONE} }}',
        f'if not address :is "X-Spam" "Yes" {{ {ONE} }}',
        f'if not header :is "X-Spam" "Yes" true {{ {ONE} }}',
        f'if not spamtest :value "ge" :comparator "i;ascii-numeric" "5" {{ {ONE} }}',
        f'if not spamtest :value "gt" :comparator "i;ascii-numeric" "10" {{ {ONE} }}',
        f'if not spamtest :value "ge" "10" {{ {ONE} }}',
        f'if not spamtest :comparator :value "ge" "10" {{ {ONE} }}',
        f'if not spamtest :value ["ge"] "10" {{ {ONE} }}',
        f'if not header "X-Spam" :comparator {{ {ONE} }}',
        f'if not anyof (header "X-Spam" "Yes") {{ {ONE} }}',
        # other dates
        f'if date "date" "iso8601" "x" {{ {ONE} }}',
        f'if currentdate "iso8601" "2027-01-31T23:00:00+00:00" {{ {ONE} }}',
    ],
)
def test_other_meaning_is_changed_and_shown_as_it_stands(body: str) -> None:
    found = read(body)
    assert found.forward is None
    assert found.changed == ((NAME + body),)
    assert found.found


@pytest.mark.parametrize(
    "test",
    [
        'currentdate :zone "+0100" :value "ge" "iso8601" "2027-01-31T23:00:00+00:00"',
        'currentdate :value "ge" "iso8601" "2027-01-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "gt" "iso8601" "2027-01-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "date" "2027-01-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "2027-02-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "2027-1-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31T12:00:00+00:00"',
        'currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "le" "iso8601" "9999-12-31T22:59:59+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "0001-01-01T00:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" "1969-12-31T23:00:00+00:00"',
        'currentdate :zone "+0000" :value "ge" "iso8601" ["2027-01-31T23:00:00+00:00","x"]',
        'currentdate :zone "+0000" :value "ge" "2027-01-31T23:00:00+00:00"',
        (
            'currentdate :comparator "i;octet" :zone "+0000" :value "ge" "iso8601" '
            '"2027-01-31T23:00:00+00:00"'
        ),
        'currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31T23:00:00+00:00" true',
    ],
)
def test_instant_that_is_no_whole_day_is_changed(test: str) -> None:
    assert read(f"if {test} {{ {ONE} }}").changed


def test_two_first_days_are_changed() -> None:
    one = 'currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31T23:00:00+00:00"'
    assert read(f"if {one} {{ {ONE} }}").forward
    assert read(f"if allof ({one}, {one}) {{ {ONE} }}").changed


def test_last_day_before_the_first_is_changed() -> None:
    first = 'currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31T23:00:00+00:00"'
    last = 'currentdate :zone "+0000" :value "le" "iso8601" "2027-01-30T22:59:59+00:00"'
    assert read(f"if allof ({first}, {last}) {{ {ONE} }}").changed


@pytest.mark.parametrize(
    "name",
    [
        "Sieve Manager: forward",
        "Sieve Manager: forward (Europe/Nowhere)",
        "Sieve Manager: forward ()",
        "Sieve Manager: forward (UTC) copy",
        "Sieve Manager: forward, Trash:  (UTC)",
        "Sieve Manager: forward, Trash: Bin (UTC)",  # and no fileinto
        "Sieve Manager: something new",
    ],
)
def test_our_prefix_with_another_name_is_changed(name: str) -> None:
    assert read_back(f"# rule:[{name}]\nif true {{ {ONE} }}".encode()).changed


def test_trash_in_the_name_needs_a_folder_for_every_copy() -> None:
    for actions in (f'{ONE} addflag "\\\\Seen";', 'redirect "b@example.net"; stop;'):
        text = f"# rule:[Sieve Manager: forward, Trash: Bin (UTC)]\nif true {{ {actions} }}"
        assert read_back(text.encode()).changed


def test_headers_of_the_policy_are_known_spam_headers() -> None:
    text = compile_forward(
        forward(hold_spam=True), options(headers=[("X-Verdict", "Reject")])
    ).text.encode()
    assert read_back(text).changed
    assert read_back(text, [("x-verdict", "reject")]).forward == forward(hold_spam=True)
    by_value = compile_forward(forward(hold_spam=True), options(headers=[("X-Bogosity", "Spam")]))
    assert read_back(by_value.text.encode()).forward == forward(hold_spam=True)


@pytest.mark.parametrize("extension", ["variables", "encoded-character"])
def test_text_that_the_script_would_expand_is_changed(extension: str) -> None:
    body = forwards(forward(copy="folder:${x}"))
    assert read_back(body).forward
    assert read_back(f'require "{extension}";\n'.encode() + body).changed


def test_second_rule_of_ours_is_one_too_many() -> None:
    one, other = forwards(forward()), forwards(forward("d@example.net"))
    found = read_back(one + b"keep;\r\n" + other)
    assert found.forward == forward()
    assert found.changed == (other.decode().removesuffix("\r\n"),)


def test_changed_rule_does_not_hide_a_good_one() -> None:
    found = read_back(NAME.encode() + b"if true { discard; }\n" + forwards(forward()))
    assert found.forward == forward()
    assert len(found.changed) == 1


def test_others_rules_are_not_ours() -> None:
    octets = (
        b'# rule:[Forward]\r\nif true { redirect :copy "b@example.net"; }\r\n'
        b'# rule:[Sieve Manager: other filters]\r\nif true { include "x"; }\r\n'
        b"# rule:[Sieve Manager: forward (UTC)]\r\nkeep;"
    )
    assert read_back(octets) == OurRules()
    assert not OurRules().found


def test_unreadable_script_holds_nothing_of_ours() -> None:
    assert read_back(forwards(forward()) + b"}") == OurRules()


def test_paused_rule_is_the_same_forward() -> None:
    paused = replace(FULL, paused=True)
    assert read_back(forwards(paused)).forward == paused
