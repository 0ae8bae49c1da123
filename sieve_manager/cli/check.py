"""``sieve-manager check``: does the main job work, and what should be changed?"""

import secrets

import click

from sieve_manager.application.checking import Observation
from sieve_manager.application.examination import Examination
from sieve_manager.bootstrap import Wired, local_host
from sieve_manager.bootstrap_addresses import postfix_examination
from sieve_manager.cli import output
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.exit_codes import ExitCode, exit_code
from sieve_manager.policy.findings import Severity
from sieve_manager.settings_directory import DirectoryKind

# Of what only informs, that which says that something works.
_WORKS = {
    "announced",
    "reached",
    "master-accepted",
    "acting-owner",
    "acting-proven",
    "copy-choices",
    "dates",
    "directory-answers",
    "include",
    "postfix-sees",
    "redirect-limit",
    "scripts-run",
}
_MARKS = {
    Severity.INFO: ("note", ""),
    Severity.WARN: ("warn", "yellow"),
    Severity.REFUSE: ("FAIL", "bold red"),
}


@click.command()
@click.option("--local", is_flag=True, help="Also look at doveconf and packages on this host.")
@click.option(
    "--test-mailboxes",
    nargs=2,
    metavar="LOGIN LOGIN",
    help="Two mailboxes made for tests: prove that [master] acts for the right one.",
)
@pass_door
def check(door: Door, local: bool, test_mailboxes: tuple[str, str] | None) -> None:
    """Connect to every configured server; exit status 0 if forwards would work."""
    wired = door.wired()
    logins = None
    if test_mailboxes:
        logins = door.login(test_mailboxes[0]), door.login(test_mailboxes[1])
        if logins[0] == logins[1]:
            raise click.UsageError("--test-mailboxes takes two different mailboxes.")
        if wired.settings.master is None:
            raise click.UsageError("--test-mailboxes needs [master], which is not configured.")
    output.say("ok    Configuration: can be read. Database: can be used.")
    first: Observation | None = None
    for observation in _examination(wired, local=local).run(logins):
        _show(observation)
        if observation.fails:
            first = first or observation
    click.get_current_context().exit(_conclude(first))


def _examination(wired: Wired, *, local: bool) -> Examination:
    kind, sso = wired.settings.directory.kind, wired.single_sign_on
    return Examination(
        store=wired.store,
        master=wired.settings.master is not None,
        folders=wired.folders,
        mailer=wired.mailer,
        provider=sso.provider if sso else None,
        host=local_host() if local else None,
        directory=None if kind is DirectoryKind.NONE else wired.directory,
        policy=wired.policy,
        actor=administrator(),
        token=secrets.token_hex(8),
        postfix=postfix_examination(wired.settings, wired.redirect_addresses, wired.register.store),
    )


def _show(observation: Observation) -> None:
    finding = observation.finding
    mark, style = ("ok  ", "green") if finding.code in _WORKS else _MARKS[finding.severity]
    output.say(f"{mark}  {finding.where}: {finding.message}", style=style)


def _conclude(first: Observation | None) -> ExitCode:
    if first is None:
        output.say("Forwards work.", style="bold green")
        return ExitCode.DONE
    output.say("Forwards would not work; see FAIL.", style="bold red")
    return exit_code(first.error) if first.error else ExitCode.REFUSED_BY_SERVER
