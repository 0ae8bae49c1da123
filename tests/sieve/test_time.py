"""Reading takes time in proportion to the script, whatever somebody put into it."""

from time import process_time

import pytest

from sieve_manager.sieve.compose import compose, locate
from sieve_manager.sieve.hazards import look_through
from sieve_manager.sieve.outline import outline
from tests.sieve.making import EXTENSIONS, OPTIONS, forward, mailbox

SIZE = 60_000
# Linear time is well under a second; a busy machine is no reason to fail.
SECONDS = 5.0


@pytest.mark.no_cover  # tracing would be what is measured
@pytest.mark.parametrize(
    "octets",
    [
        b" " * SIZE,
        b" " * SIZE + b"@",
        b"#\n" * (SIZE // 2),
        b"# rule:[x]\n" * (SIZE // 11) + b"keep;",
        b"/* " * (SIZE // 3),
        b"/**/" * (SIZE // 4),
        b'"' + b"\\" * SIZE,
        b'"' + b"a\\" * (SIZE // 2),
        b"text:\n" + b".a\n" * (SIZE // 3),
        b"text: " * (SIZE // 6),
        b"redirect [" + b'"a",' * (SIZE // 4),
        b"if anyof (" + b"true," * (SIZE // 5) + b"true) {}",
        b"if " + b"not " * (SIZE // 4),
        b"if true {" * (SIZE // 9),
        b"require " * (SIZE // 8),
        b'require "a";' * (SIZE // 12),
        b'require "a"; # Sieve Manager\n' * (SIZE // 29),
        b'require "a";/**/' * (SIZE // 16),
        b"### Nextcloud Mail: x ### DON'T EDIT ###\n" * (SIZE // 41),
        b"if true {} else {}" * (SIZE // 18),
        b'include "a";' * (SIZE // 12),
        b'redirect "${hex:' + b"40 " * (SIZE // 3) + b'}";',
        b"# rule:[Sieve Manager: forward (UTC)]\nif true { keep; }\n" * (SIZE // 56),
    ],
    ids=lambda octets: octets[:16].decode(),
)
def test_no_script_takes_long(octets: bytes) -> None:
    scripts = mailbox("a", a=octets)
    begin = process_time()
    outline(octets)
    locate(scripts)
    look_through(scripts, max_redirects=4, extensions=EXTENSIONS)
    compose(scripts, forward(), OPTIONS)
    compose(scripts, None, OPTIONS)
    assert process_time() - begin < SECONDS
