"""Chains that nobody would set up: the trace says where a message ends there, too.

Scripts and addresses are put behind our back, so nothing refuses circles, forwards to oneself,
or targets at rest.
"""

from dataclasses import replace
from random import Random

import pytest

from sieve_manager.domain.addresses import EmailAddress
from tests.end_to_end.relaying import Place, leading
from tests.servers.script_files import give_script


@pytest.mark.parametrize("relaying", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", [6, 17, 26, 31, 42])
def test_a_message_ends_where_the_trace_says(
    place: Place, address: EmailAddress, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - the same in every run
    boxes = [place.make_mailbox() for _ in range(3)]
    relays = [replace(address, local=f"relay-{number}-{address.local}") for number in range(3)]
    goals = [f"goal-{number}-{address.local}@example.net" for number in range(2)]
    for number, relay in enumerate(relays):
        # A circle of addresses alone would be taken from nobody, and end this chain at once.
        further = map(str, relays[number + 1 :])
        wanted = leading(relay, *chance.sample([*boxes, *goals, *further], chance.randint(1, 3)))
        rests = chance.random() < 0.15
        place.put_unseen(replace(wanted, forward=wanted.forward.with_paused(rests)))
    for box in boxes:
        everybody = [*boxes, *goals, *map(str, relays)]
        to = chance.sample(everybody, chance.choice([0, 1, 1, 2, 2, 3]))
        give_script(place.server.dovecot, box, "mine", script(chance, to).encode())
    for number, start in enumerate((boxes[0], str(relays[0]))):
        place.follow(start, f"Random {seed} {number} {address}", *boxes)


def script(chance: Random, to: list[str]) -> str:
    """What somebody writes by hand: some copies, and sometimes a folder."""
    lines = [f'redirect {chance.choice(["", ":copy "])}"{one}";' for one in to]
    if chance.random() < 0.3:
        lines.append(chance.choice(['fileinto "Archive";', "keep;"]))
    return "\r\n".join(['require ["copy", "fileinto"];', *lines, ""])
