"""What would cancel everything at delivery is found before it is saved."""

import pytest

from sieve_manager.domain.scripts import ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.hazards import Hazard, HazardKind, Lookthrough, look_through
from tests.sieve.making import EXTENSIONS, mailbox

R = b'redirect "a@b.c";'
IF = b'if header "a" "b" '


def seen(scripts: ScriptSet, max_redirects: int = 4) -> Lookthrough:
    return look_through(scripts, max_redirects=max_redirects, extensions=EXTENSIONS)


def hazards(octets: bytes, **others: bytes) -> list[tuple[str, str, str, bool]]:
    found = seen(mailbox("active", active=octets, **others)).hazards
    return [(one.kind.value, one.script, one.detail, one.cancels) for one in found]


def test_harmless_script_has_none() -> None:
    scripts = mailbox("active", active=b'require "copy"; redirect :copy "a@b.c"; keep;')
    assert seen(scripts) == Lookthrough(hazards=(), redirects_used=1)


def test_nothing_runs_where_nothing_is_active() -> None:
    assert seen(mailbox(None, a=R * 9)) == Lookthrough(hazards=(), redirects_used=0)


def test_redirects_are_counted_over_the_included_script() -> None:
    scripts = mailbox("active", active=b'require "include"; include "b";' + R * 3, b=R * 2)
    assert seen(scripts, 5) == Lookthrough(hazards=(), redirects_used=5)
    assert seen(scripts, 4) == Lookthrough(
        hazards=(
            Hazard(kind=HazardKind.TOO_MANY_REDIRECTS, script="active", detail="5", cancels=True),
        ),
        redirects_used=5,
    )


def test_too_many_redirects_cancel_where_they_are_usual() -> None:
    some = IF + b"{" + R * 3 + b"}\n"
    assert hazards(some + R * 2) == [("too-many-redirects", "active", "5", False)]
    # Our rule's conditions, spam and days, are what most messages fulfil.
    ours = b"# rule:[Sieve Manager: forward (UTC)]\n" + some
    assert hazards(ours + R * 2) == [("too-many-redirects", "active", "5", True)]
    assert hazards(ours + IF + b"{" + R * 2 + b"}") == [
        ("too-many-redirects", "active", "5", False)
    ]
    paused = ours.replace(IF, b"if false # " + IF.removeprefix(b"if ") + b"\n")
    assert hazards(paused + R * 4) == []


def test_second_reply_cancels_where_it_is_certain() -> None:
    reply = b'vacation "a";'
    assert hazards(reply) == []
    assert hazards(reply + reply) == [("second-vacation", "active", "", True)]
    assert hazards(reply + IF + b"{" + reply + b"}") == [("second-vacation", "active", "", False)]
    assert hazards(IF + b"{" + reply + b"} else {" + reply + b"}") == []


def test_too_many_actions_cancel_where_they_are_certain() -> None:
    many = b"".join(b'fileinto "%d";' % number for number in range(33))
    assert hazards(many) == [("too-many-actions", "active", "33", True)]
    assert hazards(IF + b"{" + many + b"}") == [("too-many-actions", "active", "33", False)]


def test_missing_include_is_found_even_where_it_never_runs() -> None:
    require = b'require "include";'
    assert hazards(require + b'if false { include "b"; }') == [
        ("missing-include", "active", "b", True)
    ]
    assert hazards(require + b'include :optional "b";') == []
    assert hazards(require + b'include :global "b";') == []


def test_include_that_was_not_read_is_not_missing() -> None:
    scripts = mailbox("active", active=b'require "include"; include "b";')
    names = (*scripts.listing.names, ScriptName("b"))
    listing = ScriptListing(names=names, active=scripts.listing.active)
    assert seen(ScriptSet(listing=listing, scripts=scripts.scripts)).hazards == ()


def test_circular_include_is_found_but_not_with_once() -> None:
    require = b'require "include";'
    assert hazards(require + b'include "active";') == [("circular-include", "active", "", True)]
    assert hazards(
        require + b'include "b"; include "b"; include "c";',
        b=require + b'include "c";',
        c=require + b'include "b";',
    ) == [("circular-include", "b", "", True), ("circular-include", "c", "", True)]
    assert hazards(require + b'include :once "active";') == []


def test_unknown_extension_is_named_in_its_script() -> None:
    octets = b'require ["include","vacation","comparator-i;octet"]; include "b";'
    assert hazards(octets, b=b'require ["fileinto","x-new"];') == [
        ("unknown-extension", "active", "vacation", True),
        ("unknown-extension", "b", "x-new", True),
    ]


def test_hidden_redirect_and_unreadable_script_warn() -> None:
    octets = b'require ["variables","include"]; include "b"; redirect "${x}";'
    assert hazards(octets, b=b"}") == [
        ("hidden-redirect", "active", "", False),
        ("unreadable", "b", "", False),
    ]


@pytest.mark.parametrize("octets", [b"}", b""])
def test_active_script_that_says_nothing_uses_no_redirect(octets: bytes) -> None:
    assert seen(mailbox("active", active=octets)).redirects_used == 0


OURS = b'# rule:[Sieve Manager: forward (UTC)]\nif true\n{\n\tredirect "a@b.c";\n\tstop;\n}\n'


@pytest.mark.parametrize(
    "before",
    [
        IF + b"{ stop; }",
        IF + b'{ redirect "d@e.f"; } else { fileinto "Archive"; }',
        IF + b"{ " + IF + b"{ discard; } }",
        b'require "include"; include :optional "other";',
    ],
)
def test_filter_before_ours_that_can_end_a_message_is_told_of(before: bytes) -> None:
    assert hazards(before + b"\n" + OURS) == [("filters-first", "active", "", False)]


@pytest.mark.parametrize(
    "before",
    [
        b"stop;",
        b"if true { discard; stop; }",
        IF + b"{ stop; } else { keep; stop; }",
        b'include "ends";',
    ],
)
def test_a_forward_that_no_message_reaches_is_told_of(before: bytes) -> None:
    found = hazards(b'require "include";' + before + b"\n" + OURS, ends=b"keep; stop;")
    assert found == [("never-reached", "active", "", False)]


GOING_ON = OURS.replace(b"\tstop;\n", b"").replace(b"redirect", b"redirect :copy")
REJECT = IF + b'{ reject "no"; }'


@pytest.mark.parametrize(
    "octets",
    [
        GOING_ON + REJECT,
        GOING_ON + IF + b'{ ereject "no"; stop; }',
        b'redirect :copy "d@e.f";\n' + REJECT,
    ],
)
def test_a_filter_that_rejects_what_is_forwarded_is_told_of(octets: bytes) -> None:
    assert hazards(octets) == [("rejects-forwarded", "active", "", False)]


@pytest.mark.parametrize(
    "octets",
    [
        OURS + REJECT,
        GOING_ON.replace(b"if true", b"if false # true") + REJECT,
        IF + b'{ redirect "d@e.f"; } else { reject "no"; }',
        REJECT,
    ],
)
def test_a_filter_that_rejects_what_is_not_forwarded_is_no_hazard(octets: bytes) -> None:
    assert hazards(octets) == []


def test_a_script_that_ours_includes_and_is_gone_is_told_of() -> None:
    ours = (
        b'require "include"; # Sieve Manager\n# rule:[Sieve Manager: other filters]\n'
        b'if true { include :personal :optional "mine"; }\n'
    )
    assert hazards(ours) == [("lost-include", "active", "mine", False)]
    assert hazards(ours, mine=b"keep;") == []


@pytest.mark.parametrize(
    "octets",
    [
        OURS + b"stop;",
        b"if false # true\n{ stop; }\n" + OURS,
        b'if true { vacation "away"; }\n' + OURS,
        IF + b'{ redirect :copy "d@e.f"; addflag "b"; }\n' + OURS,
        b"stop;\n" + OURS.replace(b"if true", b"if false # true"),
        IF + b"{ stop; }",
    ],
)
def test_filter_before_ours_that_ends_nothing_is_not_told_of(octets: bytes) -> None:
    assert hazards(octets) == []
