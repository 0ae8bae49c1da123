"""One signed-in ManageSieve session: every call ends in a value or in one error of ours."""

from collections.abc import Sequence
from contextlib import suppress

from sieve_manager.domain.scripts import (
    Activation,
    Deletion,
    Script,
    ScriptChange,
    ScriptListing,
    ScriptName,
)
from sieve_manager.errors import ScriptNotFoundError
from sieve_manager.managesieve import commands, replies
from sieve_manager.managesieve.commands import Command, Verb
from sieve_manager.managesieve.replies import Reply
from sieve_manager.managesieve.session import Session, accepted


class Connection(Session):
    """The scripts of the mailbox that is signed in."""

    def list_scripts(self) -> ScriptListing:
        """Return all names, in the server's order, and which is active (§2.7)."""
        return self._understand(replies.listing, self._ask(commands.plain(Verb.LISTSCRIPTS)))

    def get_script(self, name: ScriptName) -> Script:
        """Return a script's exact octets (§2.9).

        Raises:
            ScriptNotFoundError: there is none of that name.
        """
        return self.get_scripts([name])[0]

    def get_scripts(self, names: Sequence[ScriptName]) -> tuple[Script, ...]:
        """Return these scripts in this order, asked for together.

        Raises:
            ScriptNotFoundError: one of them is not there.
        """
        asked = [commands.get_script(name) for name in names]
        return tuple(map(self._script, names, asked, self._ask_many(asked)))

    def read(self, names: Sequence[ScriptName]) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Return the listing, and those of *names* that are there, asked for together."""
        asked = _reading(names)
        return self._read(names, asked, self._ask_many(asked))

    def check_script(self, octets: bytes) -> str:
        """Let the server compile *octets* (§2.12); return its warnings, or "".

        Raises:
            ScriptRefusedError: it does not compile.
            RefusedError: the server has no CHECKSCRIPT; see ``capabilities.can_check``.
        """
        self._require_rfc5804(Verb.CHECKSCRIPT)
        return replies.warnings(self._ask(commands.check_script(octets)))

    def have_space(self, name: ScriptName, size_octets: int) -> None:
        """Ask whether there is room (§2.5); an OK is no promise.

        Raises:
            QuotaError: there is none, or too many scripts.
        """
        self._ask(commands.have_space(name, size_octets))

    def rehearse(
        self, name: ScriptName, octets: bytes, names: Sequence[ScriptName]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Check the script, ask for room, and read, in one round trip: all that a save asks
        before PUTSCRIPT. Without CHECKSCRIPT, only the latter two.

        Raises:
            ScriptRefusedError: it does not compile.
            QuotaError: there is no room, or too many scripts.
        """
        check = [commands.check_script(octets)] if self._capabilities.can_check else []
        reading = _reading(names)
        # Pigeonhole stores an empty script, but refuses to be asked about room for it.
        room = commands.have_space(name, max(1, len(octets)))  # the last, §2
        asked = [*check, *reading, room]
        answers = self._ask_many(asked)
        # Of two refusals the one for want of room says more: some servers check only so far.
        accepted(room, answers[-1])
        for command, answer in zip(check, answers, strict=False):
            accepted(command, answer)
        return self._read(names, reading, answers[len(check) : -1])

    def put_script(self, name: ScriptName, octets: bytes) -> str:
        """Store *octets* under *name*, replacing what was there (§2.6); return warnings, or "".

        Raises:
            ScriptRefusedError: it does not compile; what was there is untouched.
            QuotaError: there is no room; what was there is untouched.
            OutcomeUnknownError: the connection ended first; read again.
        """
        return replies.warnings(self._ask(commands.put_script(name, octets)))

    def set_active(self, name: ScriptName | None) -> None:
        """Make *name* the active script, or none (§2.8).

        Raises:
            ScriptNotFoundError: there is none of that name.
            ScriptRefusedError: it does not compile (any more).
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._ask(commands.set_active(name))

    def delete_script(self, name: ScriptName) -> None:
        """Delete a script (§2.10).

        Raises:
            ScriptIsActiveError, ScriptNotFoundError: nothing was deleted.
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._ask(commands.delete_script(name))

    def finish(
        self, last: ScriptChange, names: Sequence[ScriptName]
    ) -> tuple[str, ScriptListing, tuple[Script, ...]]:
        """Make the last change and read what there is then, asked for together.

        Returns the server's warnings, or "", and what :meth:`read` returns.

        Raises:
            as :meth:`put_script`, :meth:`set_active` or :meth:`delete_script`.
        """
        change, reading = _change(last), _reading(names)
        changed, *answers = self._ask_many([change, *reading])
        warnings = replies.warnings(accepted(change, changed))
        return warnings, *self._read(names, reading, answers)

    def rename_script(self, old: ScriptName, new: ScriptName) -> None:
        """Rename a script, which stays active where it was (§2.11).

        Raises:
            ScriptNotFoundError, ScriptExistsError: nothing was renamed.
            RefusedError: the server has no RENAMESCRIPT; see ``capabilities.can_check``.
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._require_rfc5804(Verb.RENAMESCRIPT)
        self._ask(commands.rename_script(old, new))

    def _read(
        self, names: Sequence[ScriptName], asked: Sequence[Command], answers: Sequence[Reply]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        listing = self._understand(replies.listing, accepted(asked[0], answers[0]))
        scripts = []
        for name, command, answer in zip(names, asked[1:], answers[1:], strict=True):
            with suppress(ScriptNotFoundError):
                scripts.append(self._script(name, command, answer))
        return listing, tuple(scripts)

    def _script(self, name: ScriptName, command: Command, answer: Reply) -> Script:
        octets = self._understand(replies.script_octets, accepted(command, answer))
        return Script(name=name, octets=octets)


def _change(change: ScriptChange) -> Command:
    match change:
        case Script():
            return commands.put_script(change.name, change.octets)
        case Activation():
            return commands.set_active(change.name)
        case Deletion():
            return commands.delete_script(change.name)


def _reading(names: Sequence[ScriptName]) -> list[Command]:
    return [commands.plain(Verb.LISTSCRIPTS), *map(commands.get_script, names)]
