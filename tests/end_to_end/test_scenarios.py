"""Both scenarios of the product, from the pages alone, with a real Postfix and Dovecot.

Somebody sends on the mail of a mailbox; and an address without a mailbox leads to others. What
the page foretells is where the message then is.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from sieve_manager.cli import main
from sieve_manager.domain.addresses import EmailAddress
from tests.end_to_end.prediction import Fate
from tests.end_to_end.relaying import ADA, Place
from tests.servers.page_client import Page, PageClient


def make(client: PageClient, address: str, to: list[str], **values: str) -> Page:
    """Fill in the form of a new address, look at the review, and save."""
    page = client.get("/addresses/new")
    form = page.form("/addresses/new")
    review = client.submit(form, press=("action", "review"), address=address, to=to, **values)
    assert "Check before saving" in review.words, review.words
    return client.submit(review.form("/addresses/new/save"))


def step(client: PageClient, address: str, name: str) -> Page:
    """Pause, resume or delete it, through the page that asks."""
    page = client.get(f"/addresses/step/{name}?address={address}")
    return client.submit(page.form(f"/addresses/step/{name}"))


@pytest.mark.parametrize("copy", ["inbox", "none"])
def test_an_owner_sends_on_the_mail_of_a_mailbox(
    place: Place, address: EmailAddress, copy: str
) -> None:
    login, colleague = place.make_mailbox(), place.make_mailbox()
    goal = f"{address.local.lower()}@example.net"
    place.forward(login, colleague, goal, copy=copy)
    with place.site.signed_in(login) as client:
        foretold = client.get(f"/trace?address={login}").words
    assert colleague in foretold
    assert goal in foretold
    kept = {login: 1} if copy == "inbox" else {}
    fate = place.follow(login, f"Owner {copy} {address}", login, colleague)
    assert fate == Fate(to=(goal,), stored={**kept, colleague: 1})


def test_an_administrator_makes_a_redirect_address_and_an_alias(
    place: Place, address: EmailAddress
) -> None:
    login = place.make_mailbox()
    goal, alias = f"{address.local.lower()}@example.net", f"alias-{address}".lower()
    with place.site.signed_in(ADA.name) as client:
        assert "Saved" in make(client, alias, [login], kind="alias").words
        assert "Saved" in make(client, str(address), [alias, goal]).words
        foretold = client.get(f"/trace?address={address}").words
        for one in (alias, login, goal):
            assert one in foretold
        there = Fate(to=(goal,), stored={login: 1})
        assert place.follow(str(address), f"Here {address}", login) == there
        assert "Saved" in step(client, str(address), "pause").words
        assert place.follow(str(address), f"Paused {address}", login).answer == "550"
        assert "Saved" in step(client, str(address), "resume").words
        assert place.follow(str(address), f"Again {address}", login) == there
        assert step(client, str(address), "delete").status == 200
        assert place.follow(str(address), f"Gone {address}", login).answer == "550"
        assert place.follow(alias, f"Alias {address}", login) == Fate(stored={login: 1})


def test_an_address_begins_and_ends_on_the_days_of_its_form(
    place: Place, address: EmailAddress
) -> None:
    goal, today = f"{address.local.lower()}@example.net", datetime.now(UTC).date()
    with place.site.signed_in(ADA.name) as client:
        later = (today + timedelta(days=3)).isoformat()
        days = {"first_day": later, "timezone": "UTC"}
        assert "Saved" in make(client, str(address), [goal], **days).words
        assert place.follow(str(address), f"Early {address}").answer == "550"
        change = client.get(f"/addresses/change?address={address}").form("/addresses/change")
        days = {"first_day": today.isoformat(), "last_day": later}
        review = client.submit(change, press=("action", "review"), **days)
        assert "Saved" in client.submit(review.form("/addresses/change/save")).words
    assert place.follow(str(address), f"Within {address}") == Fate(to=(goal,))


@pytest.mark.parametrize("made", ["before", "after"])
def test_who_writes_to_an_alias_of_a_leaver_is_answered(
    place: Place, address: EmailAddress, made: str
) -> None:
    leaver, successor = place.make_mailbox(), place.make_mailbox()
    alias, sender = str(address).lower(), f"writes-to-{address.local}@example.net"
    last = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    with place.site.signed_in(ADA.name) as client:
        if made == "before":
            make(client, alias, [leaver], kind="alias")
        form = client.get(f"/cases/new?leaver={leaver}").form("/cases/new")
        facts = {"to": successor, "last_day": last, "ticket": "INC-42", "reason": "has left"}
        review = client.submit(form, press=("action", "review"), **facts)
        assert "Saved" in client.submit(review.form("/cases/new/save")).words
        if made == "after":
            make(client, alias, [leaver], kind="alias")
            assert place.wired.reply_renewal.run() == 1
    subject = f"To the leaver {address}"
    fate = place.follow(alias, subject, leaver, successor, sender=sender)
    assert fate == Fate(stored={successor: 1})
    (answer,) = place.sink.to(sender)
    assert "no longer works here" in answer.content.get_body().get_content()


def test_the_command_foretells_the_same(place: Place, address: EmailAddress) -> None:
    login, goal = place.make_mailbox(), f"{address.local.lower()}@example.net"
    place.forward(login, goal, copy="inbox")
    with place.site.signed_in(ADA.name) as client:
        make(client, str(address), [login])
    fate = place.follow(str(address), f"By command {address}", login)
    result = CliRunner().invoke(
        main, ["--config", str(place.site.config), "trace", str(address), "--json"]
    )
    assert result.exit_code == 0, result.output
    (mailbox,) = json.loads(result.output)["trace"]["hops"]
    assert (mailbox["kind"], mailbox["mailbox"]) == ("mailbox", login)
    (leaves,) = mailbox["hops"]
    assert (leaves["kind"], leaves["address"], leaves["copy_stays"]) == ("outside", goal, True)
    assert fate == Fate(to=(goal,), stored={login: 1})
