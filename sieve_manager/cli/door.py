"""What every command needs of its call: the use cases, who acts, and whether anybody answers."""

import os
import pwd
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.bootstrap import Wired, build
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.settings import Settings, load_settings


def _is_terminal() -> bool:
    return sys.stdin.isatty()


@dataclass(slots=True, kw_only=True)
class Door:
    """The call of one command; reads the configuration and opens the database when first asked.

    *has_terminal* says whether somebody is there to answer a question.
    """

    config: Path | None = None
    has_terminal: Callable[[], bool] = _is_terminal
    wire: Callable[[Settings], Wired] = build
    _wired: Wired | None = field(default=None, init=False)

    def settings(self) -> Settings:
        """The configuration; SettingsError."""
        return load_settings(self.config)

    def wired(self) -> Wired:
        """The use cases, closed when the command ends; SettingsError, StorageError."""
        if self._wired is None:
            self._wired = self.wire(self.settings())
            click.get_current_context().find_root().call_on_close(self._wired.close)
        return self._wired

    def login(self, text: str) -> Login:
        """The login that somebody typed; InvalidInputError."""
        return Login.parse(text, master_separator=self.wired().settings.master_separator)

    def access(self, mailbox: str, *, password_prompt: bool) -> Access:
        """The right to act on *mailbox*: as its owner, who types the password, or as [master].

        Raises:
            click.UsageError: neither is to be had.
        """
        login = self.login(mailbox)
        if password_prompt:
            password = click.prompt(f"Password of {login}", hide_input=True, err=True)
            return Access(login=login, actor=_owner(login), password=password)
        if self.wired().settings.master is None:
            raise click.UsageError(
                "No [master] is configured, so this works only as the owner: --password-prompt"
            )
        return Access(login=login, actor=administrator())


def administrator() -> Actor:
    """Who is at the keyboard: who signed in to this host, also behind sudo.

    Who can read the master password may do everything anyway.
    """
    try:
        name = os.getlogin()
    except OSError:  # no terminal, as in cron
        name = _user_of_process()
    return Actor(name=name, channel=Channel.CLI, role=Role.ADMINISTRATOR)


def _user_of_process() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account that only a container knows
        return str(os.getuid())


def _owner(login: Login) -> Actor:
    return Actor(name=login.text, channel=Channel.CLI)


pass_door = click.make_pass_decorator(Door)
