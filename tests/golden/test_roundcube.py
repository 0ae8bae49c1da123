"""What Roundcube makes of each of our scripts is still the model, to the octet of the rule."""

import pytest

from sieve_manager.domain.scripts import Script
from sieve_manager.sieve.compile import compile_forward
from sieve_manager.sieve.compose import compose, locate
from tests.golden.test_golden import HERE, NAMES, model
from tests.servers.roundcube import running_editor


@pytest.mark.parametrize("name", NAMES)
def test_rule_that_roundcube_wrote_back_is_ours_to_the_octet(name: str) -> None:
    wanted, setting, _ = model(name)
    written = (HERE / "roundcube" / f"{name}.sieve").read_bytes()
    rule = compile_forward(wanted, setting).text.replace(":create ", "").encode()
    # Roundcube ends lines with CRLF, whatever it found.
    assert rule in written


@pytest.mark.parametrize("name", NAMES)
def test_script_that_roundcube_wrote_back_is_read_and_comes_off_again(name: str) -> None:
    wanted, setting, scripts = model(name)
    after = compose(scripts, wanted, setting)
    (ours,) = after.puts
    written = (HERE / "roundcube" / f"{name}.sieve").read_bytes()
    rewritten = after.applied_to(scripts)
    mailbox = type(rewritten)(
        listing=rewritten.listing,
        scripts=tuple(
            Script(name=script.name, octets=written) if script == ours else script
            for script in rewritten.scripts
        ),
    )
    (place,) = locate(mailbox, setting.spam_headers)
    assert place.rules.forward == wanted
    assert not place.rules.changed
    cleared = compose(mailbox, None, setting).applied_to(mailbox)
    assert locate(cleared, setting.spam_headers) == ()
    assert all(b"Sieve Manager" not in script.octets for script in cleared.scripts)


@pytest.mark.parametrize("name", NAMES)
def test_roundcube_writes_our_scripts_back_as_recorded(name: str) -> None:
    with running_editor() as editor:
        written = editor.rewrite((HERE / f"{name}.sieve").read_bytes())
    assert written == (HERE / "roundcube" / f"{name}.sieve").read_bytes()
