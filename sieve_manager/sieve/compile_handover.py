"""From a handover to Sieve text: the reply, the forward, and the end for everything else.

While it lasts, nothing behind it runs: a second automatic reply in one run would cancel the
forward (RFC 5230 §4.7 leaves that to servers; Pigeonhole then does nothing at all).
"""

from collections.abc import Iterator

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import (
    SPAMTEST,
    CompiledRule,
    CompileOptions,
    actions_of,
    date_tests,
    folder_of,
    joined,
    missing_extensions,
    rule_text,
    spam_tests,
    trash_words,
    used_by,
)
from sieve_manager.sieve.judge import judged, meant_by
from sieve_manager.sieve.quoting import quote, quote_list
from sieve_manager.sieve.rules import CASE_NAME

REPLY_PART, FORWARD_PART, REST_PART = "reply", "forward", "everything else"
NO_REPLY_NAMES = (
    "mailer-daemon",
    "postmaster",
    "no-reply",
    "noreply",
    "do-not-reply",
    "donotreply",
)
# Beyond what RFC 5230 §4.6 has a server look at: programs that do not say so as they should.
NEVER_ANSWERED = (
    'exists "List-Id"',
    'exists "List-Unsubscribe"',
    'header :is "Precedence" ["bulk","list","junk"]',
    'header :contains "Auto-Submitted" "auto-"',
    'header :contains "X-Auto-Response-Suppress" ["All","OOF","AutoReply"]',
    f'address :localpart :is "From" {quote_list(NO_REPLY_NAMES)}',
)


def handle_of(case: int) -> str:
    """The ``:handle`` (RFC 5230 §4.2), so that a changed text does not answer everybody again."""
    return f"sieve-manager case {case}"


def compile_handover(handover: Handover, options: CompileOptions) -> CompiledRule:
    """Return the rules that do what *handover* says; stable to the octet.

    Raises:
        InvalidInputError: as :func:`sieve_manager.sieve.compile.compile_forward`.
    """
    missing = missing_for_handover(handover, options)
    if missing:
        raise InvalidInputError(
            "The mail server cannot do this. It lacks: {extensions}.",
            where="copy",
            code="extension-missing",
            extensions=", ".join(missing),
        )
    forward, reply = handover.forward, handover.reply
    dates = list(date_tests(forward))
    folder = folder_of(forward.copy, options)
    actions = list(actions_of(forward, options))
    meant = [[*meant_by(forward, folder)], [("stop", "", False)]]
    if not forward.copy.stops:
        actions.append("stop")
        meant[0].append(("stop", "", False))
    texts = [
        rule_text(
            _name(handover, f"{FORWARD_PART}{trash_words(forward, options)}"),
            joined([*spam_tests(forward, options), *dates]),
            actions,
        ),
        rule_text(_name(handover, REST_PART), joined(dates), ["stop"]),
    ]
    if reply:
        tests = [*_never_answered(forward, options), *dates]
        action = _vacation(reply, handover.case)
        texts.insert(0, rule_text(_name(handover, REPLY_PART), joined(tests), [action]))
        meant.insert(0, [("vacation", _with_crlf(reply.text), False)])
    text, requires = "".join(texts), tuple(sorted(_used(handover, options)))
    judged(text, requires, meant)
    return CompiledRule(text=text, requires=requires)


def missing_for_handover(handover: Handover, options: CompileOptions) -> tuple[str, ...]:
    """The extensions that the server would have to announce for *handover*, sorted."""
    reply = {"vacation"} if handover.reply else set()
    missing = {*missing_extensions(handover.forward, options), *(reply - options.extensions)}
    return tuple(sorted(missing))


def _used(handover: Handover, options: CompileOptions) -> frozenset[str]:
    used = used_by(handover.forward, options)
    if handover.reply is None:
        return used
    return used | {"vacation"} | (SPAMTEST if options.extensions >= SPAMTEST else frozenset())


def _name(handover: Handover, part: str) -> str:
    return f"{CASE_NAME} {handover.case}, {part} ({handover.forward.period.timezone})"


def _never_answered(forward: Forward, options: CompileOptions) -> Iterator[str]:
    """Spam is never answered, whether it is forwarded or not: its sender is forged."""
    yield from spam_tests(forward.with_spam_held(), options)
    for test in NEVER_ANSWERED:
        yield f"not {test}"


def _vacation(reply: Reply, case: int) -> str:
    parts = [f"vacation :days {reply.interval_days}", f":handle {quote(handle_of(case))}"]
    if reply.subject:
        parts.append(f":subject {quote(reply.subject)}")
    if reply.addresses:
        parts.append(f":addresses {quote_list([str(address) for address in reply.addresses])}")
    return " ".join([*parts, quote(_with_crlf(reply.text))])


def _with_crlf(text: str) -> str:
    return text.replace("\n", "\r\n")
