"""Chains over mailboxes, redirect addresses and aliases: where a real message then is.

``Place.follow`` compares it each time with what the trace says.
"""

import smtplib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sieve_manager.application.address_history import AddressChange
from sieve_manager.cli import main
from sieve_manager.demo.lmtp import sample_message
from sieve_manager.demo.processes import LOOPBACK, wait_until
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.domain.schedule import Period
from tests.end_to_end.prediction import Fate, found, possible, whole_trace
from tests.end_to_end.relaying import Place, leading
from tests.end_to_end.site import set_forward_review
from tests.servers.mailboxes import imap_folders
from tests.servers.script_files import give_script, script_files

DAY = timedelta(days=1)
CLIENTS = 8
DELAYED = "status=deferred"


def other(address: EmailAddress, name: str) -> EmailAddress:
    """Another address of the same test."""
    return replace(address, local=f"{name}-{address.local}".lower())


def outside(address: EmailAddress, name: str = "outside") -> str:
    return str(replace(other(address, name), domain="example.net"))


def test_one_and_several_destinations(place: Place, address: EmailAddress) -> None:
    login, goal = place.make_mailbox(), outside(address)
    place.save(leading(address, login))
    assert place.follow(str(address), f"One {address}", login) == Fate(stored={login: 1})
    place.save(leading(address, login, goal, outside(address, "too")))
    fate = place.follow(str(address), f"Several {address}", login)
    assert fate == Fate(to=(goal, outside(address, "too")), stored={login: 1})


def test_what_means_something_to_a_database_or_to_postfix_is_only_an_address(
    place: Place, address: EmailAddress
) -> None:
    for text in ("o'brien", "''--", "%s", "%25", "_%", "${x}", "`id`", "#a", "{a}", "*x", "a=b"):
        odd = replace(address, local=f"{text}{address.local}".lower())
        to, goal = f"{text}@example.net", f"{text}-{address.local}@example.net"
        place.save(leading(odd, to, goal))
        fate = place.follow(str(odd), f"Odd {odd}")
        assert fate == Fate(to=tuple(sorted((to, goal))))
        place.put_unseen(replace(leading(odd, to), moved_to=EmailAddress.parse(goal)))
        place.change(odd, AddressChange.PAUSE)
        assert place.answer(str(odd)).endswith(f"This address has moved to {goal}")


def test_a_sub_address_goes_along(place: Place, address: EmailAddress) -> None:
    login, goal = place.make_mailbox(), outside(address)
    place.save(leading(address, login, goal))
    fate = place.follow(f"{address.local}+tag@example.com", f"Tag {address}", login)
    assert fate == Fate(to=(goal.replace("@", "+tag@"),), stored={login: 1})


@pytest.mark.parametrize("copy", ["inbox", "none"])
def test_a_chain_of_three_to_the_outside(place: Place, address: EmailAddress, copy: str) -> None:
    first, last, goal = place.make_mailbox(), place.make_mailbox(), outside(address)
    alias = other(address, "alias")
    place.save(leading(alias, last, kind=AddressKind.ALIAS))
    place.save(leading(address, str(alias), outside(address, "direct")))
    place.forward(first, str(address), copy=copy)
    place.forward(last, goal, copy=copy)
    fate = place.follow(first, f"Three {copy} {address}", first, last)
    kept = {first: 1, last: 1} if copy == "inbox" else {}
    assert fate == Fate(to=(outside(address, "direct"), goal), stored=kept)


def test_who_is_reached_over_two_ways_gets_it_once(place: Place, address: EmailAddress) -> None:
    login, goal, second = place.make_mailbox(), outside(address), other(address, "second")
    place.save(leading(second, login, goal))
    place.save(leading(address, str(second), login, goal))
    fate = place.follow(str(address), f"Once {address}", login)
    assert fate == Fate(to=(goal,), stored={login: 1})


@pytest.mark.parametrize("why", ["paused", "not yet"])
def test_what_a_mailbox_sends_to_an_address_at_rest_stays_there(
    place: Place, address: EmailAddress, why: str
) -> None:
    login = place.make_mailbox()
    wanted = leading(address, outside(address))
    period = Period(first_day=(datetime.now(UTC) + 2 * DAY).date())
    resting = wanted.forward.with_paused(True)
    if why == "not yet":
        resting = replace(wanted.forward, period=period)
    place.save(wanted)
    place.forward(login, str(address))
    place.save(replace(wanted, forward=resting))
    assert place.follow(str(address), f"At rest {address}").answer == "550"
    assert place.follow(login, f"Kept {address}", login) == Fate(stored={login: 1})
    place.save(wanted)
    assert place.follow(login, f"Sent {address}", login) == Fate(to=(outside(address),))


@pytest.mark.parametrize("relaying", ["sqlite"], indirect=True)
@pytest.mark.parametrize("copy", ["inbox", "read", "folder", "none"])
def test_who_stands_behind_an_address_at_rest_may_get_nothing_and_the_page_says_so(
    place: Place, address: EmailAddress, copy: str
) -> None:
    login, goal = place.make_mailbox(), outside(address)
    wanted = leading(address, outside(address, "team"))
    place.save(wanted)
    place.forward(login, str(address), goal, copy=copy)
    place.save(replace(wanted, forward=wanted.forward.with_paused(True)))
    fate = place.follow(login, f"Blocked {copy} {address}", login)
    # Pigeonhole has filed it already, and keeps it in the inbox for the one who did not get it.
    filed = Fate(to=(goal,), stored={login: 2})
    assert fate == (filed if copy == "folder" else Fate(stored={login: 1}))
    with place.site.signed_in(login) as client:
        told = "may not get the mail, as long as this address takes none"
        assert f"{told}: {login} → {address}" in client.get(f"/trace?address={login}").words
        place.forward(login, goal, str(address), copy=copy)
        assert told not in client.get(f"/trace?address={login}").words
    fate = place.follow(login, f"Behind {copy} {address}", login)
    assert fate == Fate(to=(goal,), stored={login: 2 if copy == "folder" else 1})


def test_a_circle_of_forwards_keeps_the_message_once(place: Place, address: EmailAddress) -> None:
    first, last = place.make_mailbox(), place.make_mailbox()
    place.save(leading(address, last))
    place.forward(first, str(address))
    script(place, last, f'redirect "{first}";')
    fate = place.follow(first, f"Circle {address}", first, last)
    assert fate == Fate(stored={first: 1})


def test_a_circle_with_copies_multiplies_nothing(place: Place, address: EmailAddress) -> None:
    first, last, goal = place.make_mailbox(), place.make_mailbox(), outside(address)
    place.save(leading(address, first))
    place.forward(first, last, goal, copy="inbox")
    script(place, last, f'require "copy"; redirect :copy "{address}";')
    fate = place.follow(str(address), f"Copies {address}", first, last)
    assert fate == Fate(to=(goal,), stored={first: 2, last: 1})


def test_who_forwards_to_each_other_between_two_sweeps_is_refused(
    place: Place, address: EmailAddress
) -> None:
    first, last = place.make_mailbox(), place.make_mailbox()
    place.wired.register.sweep()
    place.save(leading(address, last))
    place.forward(first, str(address))
    with place.site.signed_in(last) as client:
        page = set_forward_review(client, to=[first], copy="inbox", folder="", hold_spam="")
    assert f"circle: {last} → {first} → {address} → {last}." in page.words


@pytest.mark.parametrize("relaying", ["sqlite"], indirect=True)
def test_leavers_of_one_batch_do_not_get_each_others_mail(place: Place, tmp_path: Path) -> None:
    first, last = place.make_mailbox(), place.make_mailbox()
    file = tmp_path / "leavers.csv"
    ways = f"{first},{last},2099-01-31\n{last},{first},2099-01-31\n"
    file.write_text(f"leaver,to,last_day\n{ways}", encoding="utf-8")
    command = ["--config", str(place.site.config), "cases", "import", str(file), "--yes"]
    assert "round in a circle" in CliRunner().invoke(main, command).output
    forwarding = [one for one in (first, last) if script_files(place.server.dovecot, one)]
    assert len(forwarding) < 2


@pytest.mark.parametrize("relaying", ["sqlite"], indirect=True)
def test_a_case_ends_though_a_circle_was_closed_behind_our_back(place: Place) -> None:
    first, last, heir = (place.make_mailbox() for _ in range(3))
    place.forward(first, last)

    def cases(line: str) -> Result:
        command = ["--config", str(place.site.config), "cases", *line.split()]
        return CliRunner().invoke(main, command)

    begun = cases(f"begin {first} --to {heir} --until 2099-01-31 --keep-own-forward --yes")
    assert begun.exit_code == 0, begun.output
    script(place, last, f'redirect "{first}";')
    place.wired.register.sweep()
    (case,) = place.wired.cases.store.of_mailbox(Login(first))
    ended = cases(f"end {case.id} --yes")
    assert ended.exit_code == 0, ended.output
    assert f"circle: {first} → {last} → {first}." in ended.output


def test_a_mailbox_that_leads_to_itself_over_an_alias_keeps_its_mail(
    place: Place, address: EmailAddress
) -> None:
    login = place.make_mailbox()
    place.save(leading(address, login, kind=AddressKind.ALIAS))
    script(place, login, f'redirect "{address}";')
    assert place.follow(login, f"Itself {address}", login) == Fate(stored={login: 1})


@pytest.mark.parametrize("relaying", ["sqlite"], indirect=True)
@pytest.mark.parametrize("word", ["bills", "books"])
@pytest.mark.parametrize(
    "text",
    [
        "discard;",
        'if header :contains "subject" "bills" { discard; }',
        'if header :contains "subject" "bills" { discard; stop; } redirect "%s";',
        'require "reject"; if header :contains "subject" "bills" { reject "no"; }',
        'if header :contains "subject" "bills" { redirect "%s"; } else { discard; }',
        'require "fileinto"; if header :contains "subject" "bills" { fileinto "INBOX"; } discard;',
    ],
)
def test_what_a_filter_deletes_is_not_said_to_stay(
    place: Place, address: EmailAddress, text: str, word: str
) -> None:
    first, last = place.make_mailbox(), place.make_mailbox()
    place.forward(first, last)
    script(place, last, text.replace("%s", outside(address)))
    place.follow(first, f"{word} {text} {address}", first, last)


def test_who_forwards_to_a_mailbox_that_deletes_everything_is_refused(
    place: Place,
) -> None:
    first, last = place.make_mailbox(), place.make_mailbox()
    script(place, last, "discard;")
    place.wired.register.sweep()
    with place.site.signed_in(first) as client:
        page = set_forward_review(client, to=[last], copy="none", folder="", hold_spam="yes")
        assert f"stored nowhere: {first} → {last}." in page.words
        place.forward(first, last, copy="inbox")
        assert "the rest is deleted here" in client.get("/trace").words


def test_a_circle_of_addresses_is_taken_from_nobody(place: Place, address: EmailAddress) -> None:
    second = other(address, "second")
    place.save(leading(second, outside(address)))
    place.save(leading(address, str(second)))
    place.put_unseen(leading(second, str(address), outside(address)))
    assert place.follow(str(address), f"Round {address}") == Fate(answer="451")
    assert place.server.queue_files() == ()


def test_what_a_mailbox_sends_into_a_circle_waits_until_it_is_mended(
    place: Place, address: EmailAddress
) -> None:
    login, second, subject = place.make_mailbox(), other(address, "second"), f"Waits {address}"
    place.save(leading(second, outside(address)))
    place.save(leading(address, str(second)))
    place.forward(login, str(address))
    place.put_unseen(leading(second, str(address)))
    earlier = place.server.log().count(DELAYED)
    assert place.server.send(login, subject=subject) == {}
    wait_until(lambda: place.server.log().count(DELAYED) > earlier, seconds=5, what="the delay")
    assert place.server.queue_files()
    place.put_unseen(leading(second, outside(address)))
    place.server.try_again()
    place.server.wait_until_empty()
    assert found(place.server, place.sink, subject, [login]) == Fate(to=(outside(address),))


def script(place: Place, login: str, text: str) -> None:
    """What somebody puts there by hand, unseen."""
    give_script(place.server.dovecot, login, "mine", text.encode())


def test_of_a_thousand_messages_at_once_none_is_lost_and_none_comes_twice(
    place: Place, address: EmailAddress
) -> None:
    # Over PostgreSQL fewer do: nothing but the lookup differs.
    many = 1000 if place.wired.settings.database.url.startswith("sqlite") else 300
    first, last, goal = place.make_mailbox(), place.make_mailbox(), outside(address)
    second = other(address, "second")
    place.save(leading(second, goal))
    place.save(leading(address, last))
    place.forward(first, str(address), copy="inbox")
    place.forward(last, str(second))
    subjects = [f"{number} of {address}" for number in range(many)]
    (predicted,) = possible(whole_trace(place.site, first), subjects[0])
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = [subjects[number::CLIENTS] for number in range(CLIENTS)]
        list(pool.map(lambda part: send_all(place, first, part), parts))
    place.server.wait_until_empty(seconds=60)
    once = Counter(subjects)
    assert Counter(one.subject for one in place.sink.to(goal)) == once
    kept = imap_folders(place.server, first)["INBOX"]
    assert Counter(subject for subject, _ in kept) == once
    assert imap_folders(place.server, last) == {}
    assert predicted == Fate(to=(goal,), stored={first: 1})


def send_all(place: Place, to: str, subjects: list[str]) -> None:
    """One connection for all of them."""
    with smtplib.SMTP(LOOPBACK, place.server.smtp_port, timeout=30) as client:
        for subject in subjects:
            message = sample_message(to=to, subject=subject)
            assert client.send_message(message, "sender@example.net", [to]) == {}
