"""``sieve-manager trace ADDRESS --send``: a test message, followed hop by hop."""

import time

from sieve_manager.application.chain_forms import report_form
from sieve_manager.application.proof_report import Fate, Report, Step
from sieve_manager.cli import output
from sieve_manager.cli.door import Door, administrator
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import SettingsError

_LOOK_SECONDS = 1.0
_FATES = {
    Fate.ARRIVED: "arrived",
    Fate.AWAITED: "not there yet",
    Fate.MISSED: "did not arrive",
    Fate.MAYBE: "not there; whether it stays there depends on the message",
    Fate.DEPENDS: "whether it goes there depends on the message",
    Fate.PASSED: "passed on",
    Fate.HANDED_ON: "taken by another mail server",
    Fate.DELAYED: "delayed",
    Fate.REFUSED: "refused",
    Fate.UNSEEN: "cannot be followed; no failure was reported",
}


def prove(door: Door, to: EmailAddress, *, as_json: bool) -> None:
    """Send it, print what became of it at each hop, and take it away.

    Raises:
        SettingsError: no mail can be sent, or no mailbox be looked into.
        NoticeError: the mail server did not take it.
    """
    proving, actor = door.wired().proving, administrator()
    if proving is None:
        raise SettingsError("smtp", "is needed for test messages, and [imap] and [master], too")
    proof = proving.send(actor, to, _wording)
    output.say(f"A test message was sent to {to.readable}.", aside=True)
    try:
        while (report := proving.look(actor, proof.mark)) and not report.over:
            time.sleep(_LOOK_SECONDS)
    finally:
        clean = proving.take_away(proof)
    if report and as_json:
        output.show_json(report_form(report))
    elif report:
        _show(report)
    if not clean:
        output.say("A mailbox could not be cleaned up; it is tried again.", aside=True)


def _show(report: Report) -> None:
    for step in report.steps:
        output.say(f"{'   ' * step.depth}{'→ ' if step.depth else ''}{_line(step)}")


def _line(step: Step) -> str:
    name = step.hop.address.readable if step.hop.address else "?"
    where = f" in {', '.join(step.folders)}" if step.folders else ""
    said = f": {step.text}" if step.text else ""
    return f"{name}: {_FATES[step.fate]}{where}{said}"


def _wording(to: EmailAddress) -> tuple[str, str]:
    return (
        "Test message",
        f"This message shows where mail for {to.readable} goes. It is deleted by itself.\n",
    )
