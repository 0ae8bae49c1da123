"""Ours and others' rules live together, and clearing puts back what was there."""

from datetime import date

import pytest

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compose import Desired, Layout, Ours, compose, locate
from sieve_manager.sieve.read_back import OurRules
from tests.sieve.making import OPTIONS, forward, mailbox, octets_of, options

ROUNDCUBE = (
    b'require ["fileinto"];\r\n# rule:[Invoices]\r\n'
    b'if header :contains "subject" "invoice"\r\n{\r\n\tfileinto "Invoices";\r\n}\r\n'
)
SECRETIVE = b'require ["variables"];\nset "x" "y";\nkeep;\n'
UNREADABLE = b"if { } else"
RISKY = forward(copy="folder:Post ${old}")
OURS = ScriptName("sieve-manager")


def after(scripts: ScriptSet, wanted: Forward | None) -> ScriptSet:
    return compose(scripts, wanted, OPTIONS).applied_to(scripts)


def layout(scripts: ScriptSet) -> Layout | None:
    return compose(scripts, forward(), OPTIONS).layout


SITUATIONS = {
    "nothing": mailbox(),
    "others that are not active": mailbox(None, roundcube=ROUNDCUBE),
    "roundcube": mailbox("roundcube", roundcube=ROUNDCUBE),
    "empty": mailbox("empty", empty=b""),
    "unreadable": mailbox("odd", odd=UNREADABLE),
    "variables": mailbox("vars", vars=SECRETIVE, other=b"keep;"),
    "our name, not ours": mailbox("odd", odd=UNREADABLE, sieve_manager=b"keep;"),
    "our name, not ours, active": mailbox("sieve-manager", sieve_manager=b"# mine"),
    "undeclared": mailbox("odd", odd=b'fileinto "x"; redirect :copy "y@example.org";'),
    "several": mailbox("a", a=b'require "include"; include "b";', b=b"keep;", c=b"stop;"),
}


@pytest.mark.parametrize("scripts", SITUATIONS.values(), ids=SITUATIONS)
@pytest.mark.parametrize("copy", ["inbox", "folder:Post ${old}", "none"])
def test_clearing_restores_octets_names_and_activation(scripts: ScriptSet, copy: str) -> None:
    set_up = after(scripts, forward(copy=copy))
    (place,) = locate(set_up)
    assert place.active
    assert place.rules == OurRules(forward=forward(copy=copy))
    assert after(set_up, None) == scripts
    changed = after(set_up, forward("c@example.org", last=date(2027, 1, 1), hold_spam=True))
    assert after(changed, None) == scripts


@pytest.mark.parametrize("scripts", SITUATIONS.values(), ids=SITUATIONS)
@pytest.mark.parametrize("wanted", [forward(), forward(copy="none"), RISKY, None])
def test_composing_again_changes_nothing(scripts: ScriptSet, wanted: Forward | None) -> None:
    once = after(scripts, wanted)
    again = compose(once, wanted, OPTIONS)
    assert (again.puts, again.deletes) == ((), ())
    assert again.applied_to(once) == once


@pytest.mark.parametrize("scripts", SITUATIONS.values(), ids=SITUATIONS)
def test_scripts_of_others_keep_their_octets_but_for_the_active_one(scripts: ScriptSet) -> None:
    desired = compose(scripts, forward(), OPTIONS)
    allowed = {scripts.listing.active} if desired.layout is Layout.INSIDE else set()
    listed = set(scripts.listing.names)
    assert {put.name for put in desired.puts} & listed <= allowed
    assert desired.deletes == ()


def test_layout_follows_from_what_is_active() -> None:
    found = {name: layout(scripts) for name, scripts in SITUATIONS.items()}
    assert found == {
        "nothing": Layout.OWN,
        "others that are not active": Layout.OWN,
        "roundcube": Layout.INSIDE,
        "empty": Layout.INSIDE,
        "unreadable": Layout.INCLUDE,
        "variables": Layout.INSIDE,
        "our name, not ours": Layout.INCLUDE,
        "our name, not ours, active": Layout.INSIDE,
        "undeclared": Layout.INCLUDE,
        "several": Layout.INSIDE,
    }
    assert compose(SITUATIONS["variables"], RISKY, OPTIONS).layout is Layout.INCLUDE


def test_own_script_is_short_and_says_whose_it_is() -> None:
    desired = compose(mailbox(), forward(), OPTIONS)
    assert desired == Desired(
        puts=(
            Script(
                name=OURS,
                octets=(
                    b"# This script was made by Sieve Manager.\r\n"
                    b'require ["copy"]; # Sieve Manager\r\n'
                    b"# rule:[Sieve Manager: forward (Europe/Zurich)]\r\n"
                    b'if true\r\n{\r\n\tredirect :copy "b@example.net";\r\n}\r\n'
                ),
            ),
        ),
        deletes=(),
        active=OURS,
        layout=Layout.OWN,
    )


def test_own_script_without_extensions_requires_none() -> None:
    text = octets_of(after(mailbox(), forward(copy="none")), "sieve-manager")
    assert b"require" not in text


def test_including_script_runs_ours_first_and_then_the_other() -> None:
    set_up = after(mailbox('o"dd', **{'o"dd': UNREADABLE}), forward())
    assert octets_of(set_up, "sieve-manager").decode().split("\r\n") == [
        "# This script was made by Sieve Manager.",
        'require ["copy","include"]; # Sieve Manager',
        "# rule:[Sieve Manager: forward (Europe/Zurich)]",
        "if true",
        "{",
        '\tredirect :copy "b@example.net";',
        "}",
        "# rule:[Sieve Manager: other filters]",
        "if true",
        "{",
        '\tinclude :optional :personal "o\\"dd";',
        "}",
        "",
    ]
    assert set_up.listing.active == OURS
    (place,) = locate(set_up)
    assert place.layout is Layout.INCLUDE


def test_without_include_what_cannot_stand_inside_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        compose(mailbox("odd", odd=UNREADABLE), forward(), options("include"))
    assert caught.value.code == "compose-no-include"
    assert caught.value.facts == {"script": "odd"}
    assert compose(mailbox(), forward(), options("include")).layout is Layout.OWN


def test_our_script_takes_the_next_free_name() -> None:
    scripts = mailbox("odd", odd=UNREADABLE, sieve_manager=b"keep;", sieve_manager_2=b"stop;")
    assert compose(scripts, forward(), OPTIONS).active == ScriptName("sieve-manager-3")


def test_name_that_is_listed_but_was_not_read_is_not_free() -> None:
    listing = ScriptListing(names=(OURS,), active=None)
    assert compose(ScriptSet(listing=listing), forward(), OPTIONS).active == ScriptName(
        "sieve-manager-2"
    )


def test_active_script_that_was_not_read_is_included() -> None:
    name = ScriptName("x")
    scripts = ScriptSet(listing=ScriptListing(names=(name,), active=name))
    assert compose(scripts, forward(), OPTIONS).layout is Layout.INCLUDE


def test_including_script_stays_one_when_its_rule_changes() -> None:
    set_up = after(mailbox("vars", vars=SECRETIVE), RISKY)
    changed = after(set_up, forward())
    assert locate(changed)[0].layout is Layout.INCLUDE
    assert octets_of(changed, "vars") == SECRETIVE
    assert after(changed, None) == mailbox("vars", vars=SECRETIVE)


def test_rule_that_stood_inside_moves_out_when_its_text_would_expand() -> None:
    scripts = mailbox("vars", vars=SECRETIVE)
    moved = after(after(scripts, forward()), RISKY)
    assert octets_of(moved, "vars") == SECRETIVE
    assert moved.listing.active == OURS
    assert after(moved, None) == scripts


# What others do while ours is there.


def test_rules_that_others_added_to_our_script_stay_when_ours_goes() -> None:
    set_up = after(mailbox(), forward(copy="folder:A"))
    rule = b'# rule:[New]\r\nif true\r\n{\r\n\tfileinto "B";\r\n}\r\n'
    edited = mailbox("sieve-manager", sieve_manager=octets_of(set_up, "sieve-manager") + rule)
    assert locate(edited)[0].layout is Layout.INSIDE
    assert after(edited, None) == mailbox(
        "sieve-manager", sieve_manager=b'require ["fileinto"];\r\n' + rule
    )


def test_rules_that_others_added_before_the_include_keep_what_it_includes() -> None:
    set_up = after(mailbox("odd", odd=UNREADABLE), forward())
    text = octets_of(set_up, "sieve-manager") + b"keep;\r\n"
    edited = mailbox("sieve-manager", odd=UNREADABLE, sieve_manager=text)
    cleared = after(edited, None)
    assert cleared.listing.active == OURS
    assert octets_of(cleared, "sieve-manager") == (
        b'require ["include"];\r\nif true\r\n{\r\n'
        b'\tinclude :optional :personal "odd";\r\n}\r\nkeep;\r\n'
    )
    assert after(cleared, None) == cleared


def test_own_script_that_an_editor_wrote_anew_goes_all_the_same() -> None:
    rewritten = (
        b"# This script was made by Sieve Manager.\r\n\r\n"
        b'require ["copy"];\r\n# rule:[Sieve Manager: forward (Europe/Zurich)]\r\n'
        b'if true\r\n{\r\n\tredirect :copy "b@example.net";\r\n}\r\n'
    )
    assert after(mailbox("sieve-manager", sieve_manager=rewritten), None) == mailbox()


def test_own_script_whose_rule_was_deleted_elsewhere_goes_too() -> None:
    rest = b"# This script was made by Sieve Manager.\r\n\r\n"
    assert after(mailbox("sieve-manager", sieve_manager=rest), None) == mailbox()


def test_included_script_that_is_gone_leaves_nothing_active() -> None:
    set_up = after(mailbox("odd", odd=UNREADABLE), forward())
    alone = mailbox("sieve-manager", sieve_manager=octets_of(set_up, "sieve-manager"))
    assert after(alone, None) == mailbox()


def test_superseded_forward_moves_to_what_is_active_now() -> None:
    own = octets_of(after(mailbox(), forward()), "sieve-manager")
    superseded = mailbox("roundcube", sieve_manager=own, roundcube=ROUNDCUBE)
    assert locate(superseded) == (
        Ours(
            script=OURS,
            layout=Layout.OWN,
            active=False,
            rules=OurRules(forward=forward()),
        ),
    )
    moved = after(superseded, forward())
    assert [place.script.text for place in locate(moved)] == ["roundcube"]
    assert moved.listing.names == (ScriptName("roundcube"),)
    assert after(superseded, None) == mailbox("roundcube", roundcube=ROUNDCUBE)


def test_superseded_forward_among_others_rules_is_taken_out_there() -> None:
    inside = octets_of(after(mailbox("a", a=ROUNDCUBE), forward()), "a")
    superseded = mailbox("b", a=inside, b=b"keep;")
    assert after(superseded, None) == mailbox("b", a=ROUNDCUBE, b=b"keep;")
    moved = after(superseded, forward("c@example.org"))
    assert octets_of(moved, "a") == ROUNDCUBE
    assert [place.script.text for place in locate(moved)] == ["b"]


def test_own_script_is_taken_up_again_where_nothing_is_active() -> None:
    own = after(mailbox(), forward())
    switched_off = mailbox(None, sieve_manager=octets_of(own, "sieve-manager"))
    assert after(switched_off, forward()) == own


def test_own_script_with_others_rules_is_not_activated_again() -> None:
    mixed = octets_of(after(mailbox(), forward()), "sieve-manager") + b"discard;\r\n"
    again = after(mailbox(None, sieve_manager=mixed), forward())
    assert octets_of(again, "sieve-manager") == b"discard;\r\n"
    assert again.listing.active == ScriptName("sieve-manager-2")


def test_including_script_is_used_again_for_what_is_active_now() -> None:
    set_up = after(mailbox("odd", odd=UNREADABLE), forward())
    elsewhere = mailbox(
        "new", odd=UNREADABLE, sieve_manager=octets_of(set_up, "sieve-manager"), new=b"}"
    )
    again = after(elsewhere, forward())
    assert again.listing.active == OURS
    assert b'"new"' in octets_of(again, "sieve-manager")
    assert after(again, None) == mailbox("new", odd=UNREADABLE, new=b"}")


def test_rule_in_an_included_script_runs_and_is_changed_there() -> None:
    own = octets_of(after(mailbox(), forward()), "sieve-manager")
    master = b'require "include";\r\ninclude :personal "sieve-manager";\r\n'
    scripts = mailbox("master", master=master, sieve_manager=own)
    assert [place.active for place in locate(scripts)] == [True]
    changed = after(scripts, forward("c@example.org"))
    assert octets_of(changed, "master") == master
    assert changed.listing.active == ScriptName("master")
    assert locate(changed)[0].rules.forward == forward("c@example.org")


def test_script_that_another_includes_is_emptied_and_not_deleted() -> None:
    own = octets_of(after(mailbox(), forward()), "sieve-manager")
    master = b'require "include";\r\ninclude :personal "sieve-manager";\r\n'
    scripts = mailbox("master", master=master, sieve_manager=own, bad=b"}")
    assert after(scripts, None) == mailbox("master", master=master, sieve_manager=b"", bad=b"}")


def test_changed_rule_is_replaced_when_asked_and_removed_when_cleared() -> None:
    inside = octets_of(after(mailbox("a", a=ROUNDCUBE), forward()), "a")
    changed = mailbox("a", a=inside.replace(b"if true", b"if size :over 1K"))
    (place,) = locate(changed)
    assert place.rules.forward is None
    assert len(place.rules.changed) == 1
    assert after(changed, forward()) == mailbox("a", a=inside)
    assert after(changed, None) == mailbox("a", a=ROUNDCUBE)


def test_headers_of_the_policy_are_known_when_locating() -> None:
    given = options(headers=[("X-Verdict", "Reject")])
    scripts = compose(mailbox(), forward(hold_spam=True), given).applied_to(mailbox())
    assert locate(scripts)[0].rules.changed
    assert locate(scripts, given.spam_headers)[0].rules.forward == forward(hold_spam=True)


def test_applied_keeps_the_order_and_adds_at_the_end() -> None:
    scripts = mailbox("a", a=b"1", b=b"2", c=b"3")
    desired = Desired(
        puts=(Script(name=ScriptName("d"), octets=b"4"), Script(name=ScriptName("b"), octets=b"5")),
        deletes=(ScriptName("a"),),
        active=ScriptName("d"),
        layout=None,
    )
    assert desired.applied_to(scripts) == mailbox("d", b=b"5", c=b"3", d=b"4")


def test_forward_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        compose(mailbox(), forward(), options("copy"))
    assert caught.value.code == "extension-missing"
