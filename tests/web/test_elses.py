"""A page about somebody else's mailbox does not say "your"."""

import pytest

from tests.web.world import ANNA, BRUNO, MASTER, OTTO, STAFF, World
from web.catalogues import translations
from web.elses import INSTEAD
from web.languages import offered

THEIRS = b"# rule:[private]\r\nif true {\r\n\tkeep;\r\n}\r\n"


@pytest.mark.parametrize("own", INSTEAD)
def test_both_sentences_are_in_every_catalogue(own: str) -> None:
    with World().app.app_context():
        for language in offered():
            whole, instead = translations(language), translations(language, of_somebody_else=True)
            assert instead.gettext(own) == whole.gettext(INSTEAD[own])
            if language != "en":
                assert whole.gettext(own) != own


def test_who_acts_reads_of_the_mailbox_and_the_owner_of_the_own_one() -> None:
    world = World(master=MASTER, staff=STAFF)
    world.give(THEIRS)
    owner, otto = world.browser(ANNA), world.browser(OTTO)
    otto.act_for(ANNA)
    owner.get("/")
    otto.get("/")
    assert "Your filters sort it." in owner.words()
    assert "The filters of the mailbox sort it." in otto.words()
    assert "our filters" not in otto.words()
    otto.get("/forward")
    assert "Forward the mail of this mailbox" in otto.words()
    assert "The other filters sort it as before." in otto.words()
    otto.post("/staff/stop")
    otto.get("/forward")
    assert "Forward my mail" in otto.words()
    assert "Your other filters sort it as before." in otto.words()


def test_the_page_of_a_case_is_about_somebody_else_too() -> None:
    world = World(master=MASTER, staff=STAFF)
    world.give(THEIRS)
    otto = world.browser(OTTO)
    otto.get(f"/cases/new?leaver={ANNA}")
    fields = {"leaver": ANNA, "to": BRUNO, "copy": "none", "timezone": "UTC", "own_forward": "off"}
    otto.post("/cases/new", action="review", reply_interval="7", **fields)
    assert "Mail to anna@example.com is not forwarded. The filters of the mailbox" in otto.words()
