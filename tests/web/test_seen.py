"""The small memory of what pages were made from is bounded, and honest about what it forgot."""

from sieve_manager.domain.scripts import Fingerprint
from tests.web.world import World
from web.seen import _MAX_KEPT, Seen


def test_it_shows_what_changed_since() -> None:
    world = World()
    seen = Seen()
    world.give(b"keep;\r\n")
    with world.acting() as access:
        before = world.forwards.overview(access)
        seen.remember(before)
        world.give(b"discard;\r\n")
        now = world.forwards.overview(access)
    (change,) = seen.changes_since(before.fingerprint, now) or ()
    assert "-keep;" in change.lines
    assert "+discard;" in change.lines
    assert seen.changes_since(Fingerprint("unknown"), now) is None
    assert seen.changes_since(None, now) is None


def test_it_forgets_the_oldest_and_never_keeps_what_is_large() -> None:
    world = World()
    seen = Seen()
    fingerprints = []
    with world.acting() as access:
        for number in range(_MAX_KEPT + 1):
            world.give(b"# %d\r\nkeep;\r\n" % number)
            status = world.forwards.overview(access)
            fingerprints.append(status.fingerprint)
            seen.remember(status)
        world.give(b"# large\r\n" * 20_000)
        large = world.forwards.overview(access)
        seen.remember(large)
    assert seen.changes_since(fingerprints[0], large) is None
    assert seen.changes_since(fingerprints[-1], large) is not None
    assert seen.changes_since(large.fingerprint, status) is None
