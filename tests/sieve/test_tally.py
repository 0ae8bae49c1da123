"""How often scripts act on one message is counted over all ways through them."""

import pytest

from sieve_manager.sieve.includes import running_scripts
from sieve_manager.sieve.tally import Counts, Range, tally
from tests.sieve.making import mailbox


def counted(octets: bytes, **others: bytes) -> Range:
    return tally(running_scripts(mailbox("active", active=octets, **others)))


def redirects(octets: bytes, **others: bytes) -> tuple[int, int]:
    found = counted(octets, **others)
    return found.least.redirects, found.most.redirects


R = b'redirect "a@b.c";'
IF = b'if header "a" "b" '


@pytest.mark.parametrize(
    ("octets", "least", "most"),
    [
        (b"", 0, 0),
        (b"keep;", 0, 0),
        (R + R, 2, 2),
        (IF + b"{" + R + b"}", 0, 1),
        (IF + b"{" + R + b"}" + IF + b"{" + R + b"}", 0, 2),
        (IF + b"{" + R + b"} else {" + R + R + b"}", 1, 2),
        (IF + b"{" + R + b"} els" + IF + b"{" + R + R + b"}", 0, 2),
        (IF + b"{" + R + b"stop;}" + R, 1, 1),
        (IF + b"{ stop; }" + R + R, 0, 2),
        (b"stop;" + R, 0, 0),
        (R + b"return;" + R, 1, 1),
        (b"if false {" + R + b"}", 0, 0),
        (b"if true {" + R + b"} else {" + R + R + b"}", 1, 1),
        (b"if false {} elsif true {" + R + b"}", 1, 1),
        (b"if (true, true) {" + R + b"}", 0, 1),
        (b"foreverypart {" + R + b"}" + R, 1, 2),
        (b"else {" + R + b"}", 0, 1),
    ],
)
def test_redirects_over_all_ways(octets: bytes, least: int, most: int) -> None:
    assert redirects(octets) == (least, most)


def test_includes_count_each_time() -> None:
    assert redirects(b'include "b"; include "b";' + R, b=R) == (3, 3)


def test_return_ends_the_included_script_and_stop_ends_everything() -> None:
    assert redirects(b'include "b";' + R, b=R + b"return;" + R) == (2, 2)
    assert redirects(b'include "b";' + R, b=R + b"stop;") == (1, 1)
    assert redirects(b'include "b";' + R, b=IF + b"{ stop; }" + R) == (0, 2)


def test_includes_that_cannot_be_read_count_nothing() -> None:
    assert redirects(b'include :global "b"; include "c"; include "d";' + R, b=R, c=b"}") == (1, 1)


def test_script_that_includes_itself_is_counted_once() -> None:
    assert redirects(R + b'include "active";') == (1, 1)
    assert redirects(R + b'include "b";', b=R + b'include "active";') == (2, 2)


def test_includes_that_double_at_each_level_are_counted_quickly() -> None:
    scripts = {f"s{n}": f'include "s{n + 1}"; include "s{n + 1}";'.encode() for n in range(40)}
    assert redirects(b'include "s0";', **scripts, s40=R) == (2**40, 2**40)


def test_all_kinds_are_counted() -> None:
    octets = b'redirect "a"; vacation "b"; fileinto "c"; addflag "d"; keep; discard; notify "e";'
    counts = Counts(redirects=1, vacations=1, actions=6)
    assert counted(octets) == Range(counts, counts)
