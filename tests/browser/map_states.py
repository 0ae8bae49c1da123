"""The map of all forwards in every state that looks different."""

from typing import TYPE_CHECKING

from tests.application.test_whole_chart import leads
from tests.web.test_map import swept
from tests.web.test_register import entry
from tests.web.world import ADA, ANNA, BRUNO

if TYPE_CHECKING:
    from tests.browser.states import Visit

_LONG = "somebody.with.a.long.name@department.of.something.example.org"


def forward_map(visit: "Visit") -> None:
    """A circle, an address without a mailbox, the outside, nobody, and long names."""
    team = leads("team", "thief@example.net", _LONG)
    visit.world.addresses.kept[str(team.address)] = team
    many = tuple((entry(f"p{n}@example.com", BRUNO),) for n in range(7))
    swept(
        visit.world,
        (entry(ANNA, BRUNO), entry(ANNA, "gone@example.com"), entry(ANNA, "")),
        (entry(BRUNO, ANNA), entry(BRUNO, "team@example.com")),
        *many,
    )
    visit.sign_in(ADA)
    visit.open("/map")


def forward_map_empty(visit: "Visit") -> None:
    visit.sign_in(ADA)
    visit.open("/map?q=nobody")


MAP_STATES = (forward_map, forward_map_empty)
