"""The ways out that the scripts of tests/golden/register do not have."""

from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.redirects import MOST_REDIRECTS, Redirects, redirects_of


def found(active: str, **others: str) -> Redirects:
    names = [ScriptName("active"), *map(ScriptName, others)]
    texts = [active, *others.values()]
    return redirects_of(
        ScriptSet(
            listing=ScriptListing(names=tuple(names), active=names[0]),
            scripts=tuple(
                Script(name=name, octets=text.encode("utf-8", "surrogateescape"))
                for name, text in zip(names, texts, strict=True)
            ),
        )
    )


def targets(active: str, **others: str) -> list[str]:
    return [one.target for one in found(active, **others).found]


def test_without_an_active_script_there_is_none() -> None:
    scripts = (Script(name=ScriptName("a"), octets=b'redirect "a@b";'),)
    listing = ScriptListing(names=(ScriptName("a"),))
    assert redirects_of(ScriptSet(listing=listing, scripts=scripts)).found == ()


def test_branches_that_can_never_run_are_left_out() -> None:
    script = 'if true { redirect "a@b"; } elsif true { redirect "c@d"; } else { redirect "e@f"; }'
    assert targets(script) == ["a@b"]
    assert targets('if size :over 1 {} elsif false { redirect "a@b"; }') == []
    nested = 'if size :over 1 {} elsif true { redirect "a@b"; } else { redirect "c@d"; }'
    assert targets(nested) == ["a@b"]


def test_a_rule_that_is_switched_off_without_its_test_is_paused() -> None:
    (one,) = found('if false { redirect "a@b"; stop; } keep;').found
    assert one.paused
    assert [condition.kind.value for condition in one.conditions] == ["unread"]
    (_, two) = found('if false { redirect "a@b"; stop; } redirect "c@d";').found
    assert two.conditions == ()


def test_a_stop_in_an_included_script_ends_all_and_a_return_only_that_script() -> None:
    script = 'require "include"; include "inner"; redirect "a@b";'
    assert targets(script, inner="stop;") == []
    assert targets(script, inner="return;") == ["a@b"]
    (one,) = found(script, inner="if size :over 1 { stop; }").found
    assert [condition.kind.value for condition in one.conditions] == ["earlier"]


def test_scripts_of_the_server_are_named_and_missing_ones_are_not_there() -> None:
    read = found('require "include"; include :global "spam"; include "absent"; include;')
    assert (read.found, read.unseen, read.unreadable) == ((), ("spam",), ())


def test_an_included_script_that_is_no_sieve_is_named() -> None:
    read = found('require "include"; include "broken"; redirect "a@b";', broken="no {")
    assert [one.target for one in read.found] == ["a@b"]
    assert read.unreadable == (ScriptName("broken"),)


def test_includes_without_end_are_read_to_some_depth() -> None:
    chain = {
        f"s{number}": f'require "include"; include "s{number + 1}"; redirect "{number}@b";'
        for number in range(20)
    }
    read = found('require "include"; include "s0";', **chain)
    assert 9 <= len(read.found) <= 11
    assert len(read.unreadable) == 1


def test_a_script_that_includes_itself_is_nothing_that_we_cannot_read() -> None:
    read = found('require "include"; include "b"; redirect "a@b";', b='include "active";')
    assert [one.target for one in read.found] == ["a@b"]
    assert read.unreadable == ()


def test_what_is_not_read_to_its_end_is_named() -> None:
    many = 'if header "x" "y" { redirect "a@b"; } ' * MOST_REDIRECTS
    assert found(many).unreadable == ()
    assert found(many + 'redirect "c@d";').unreadable == (ScriptName("active"),)
    again = 'require "include"; ' + 'include "a"; ' * MOST_REDIRECTS
    assert found(again + 'include "b";', a="keep;", b='redirect "c@d";').unreadable != ()


def test_an_included_script_that_nobody_read_is_named() -> None:
    active = Script(name=ScriptName("a"), octets=b'require "include"; include "b"; include "c";')
    listing = ScriptListing(names=(ScriptName("a"), ScriptName("b")), active=ScriptName("a"))
    read = redirects_of(ScriptSet(listing=listing, scripts=(active,)))
    assert read.unreadable == (ScriptName("b"),)


def test_an_include_whose_name_is_spelled_in_code_is_followed() -> None:
    hidden = 'require ["include", "encoded-character"]; include "${hex:62}";'
    assert targets(hidden, b='redirect "a@b";') == ["a@b"]
    plain = {"${hex:62}": 'redirect "c@d";'}
    assert targets('require "include"; include "${hex:62}";', **plain) == ["c@d"]


def test_a_report_is_a_way_out() -> None:
    (one,) = found('report :headers_only "abuse" "text" "a@b";').found
    assert (one.target, one.notifies, one.kept) == ("a@b", True, True)


def test_many_includes_and_many_redirects_are_read_to_some_number() -> None:
    many = 'require "include"; ' + 'include "other"; ' * 1000
    assert len(targets(many, other='redirect "a@b"; ')) <= MOST_REDIRECTS
    assert len(targets('redirect "a@b"; ' * 1000)) == MOST_REDIRECTS
    listed = ", ".join('"a@b"' for _ in range(1000))
    assert len(targets(f"redirect [{listed}];")) == MOST_REDIRECTS


def test_variables_are_those_that_are_always_the_same() -> None:
    head = 'require "variables"; '
    assert targets(head + 'set "A" "x@y"; set "a" "x@y"; redirect "${a}";') == ["x@y"]
    assert targets(head + 'set :lower "a" "X@Y"; redirect "${a}";') == [""]
    assert targets(head + 'set "a" "${b}"; redirect "${a}";') == [""]
    assert targets(head + 'set "a"; set; redirect "${a}";') == [""]
    assert targets(head + 'redirect "${never.set}";') == [""]
    assert targets(head + 'set "a" "x@y"; redirect 5;') == [""]
    assert targets('set "a" "x@y"; redirect "${a}";') == ["${a}"]


def test_a_variable_whose_text_looks_like_a_variable_hides_nothing() -> None:
    head = 'require ["variables", "encoded-character"]; '
    dollar = "${hex:24}"
    assert targets(f'{head}set "a" "{dollar}{{b}}@x"; redirect "${{a}}";') == [""]


def test_a_notice_that_writes_no_mail_is_no_way_out() -> None:
    assert targets('require "enotify"; notify "xmpp:a@b";') == []


def test_a_copy_beside_a_filter_that_keeps_some_depends() -> None:
    (one,) = found('redirect "a@b"; if size :over 1 { fileinto "x"; }').found
    assert one.kept is None
    (one,) = found('redirect "a@b"; if size :over 1 { if true { keep; } }').found
    assert one.kept is None


def test_a_filter_that_keeps_and_stops_counts_behind_a_redirect_and_not_before_it() -> None:
    for keeps in ("if size :over 1 { keep; stop; }", "if size :over 1 { if true { keep; stop; } }"):
        (one,) = found(f'redirect "a@b"; {keeps}').found
        assert one.kept is None
        (one,) = found(f'{keeps} redirect "a@b";').found
        assert one.kept is False


def test_a_copy_that_another_filter_takes_away_depends() -> None:
    copies = 'require "copy"; redirect :copy "a@b"; '
    for taken in ('if true { redirect "c@d"; stop; }', "if size :over 1 { if true { discard; } }"):
        first = next(iter(found(f"{copies}{taken}").found))
        assert (first.target, first.kept) == ("a@b", None)
    for left in ('if true { redirect :copy "c@d"; }', "if false { discard; }"):
        first = next(iter(found(f"{copies}{left}").found))
        assert first.kept is True


def test_what_another_branch_does_with_the_copy_does_not_matter() -> None:
    branches = 'if size :over 1 { redirect :copy "a@b"; } elsif size :over 2 { discard; }'
    assert found(f'require "copy"; {branches}').found[0].kept is True
    branches = 'if size :over 1 { keep; } else { redirect "a@b"; }'
    assert found(branches).found[0].kept is False
    assert found(f"{branches} if size :over 2 {{ keep; }}").found[0].kept is None


@given(st.text(alphabet='redict"a@b;{}if,true()not \n$:', max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    found(text)
    found(f'if not {{ redirect "{text}"; }}')
