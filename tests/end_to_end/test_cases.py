"""A case on the real Dovecot: before, within and after its days, and when it is taken back."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.case_cleaning import CaseCleaning
from sieve_manager.cli import main
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.processes import wait_until
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms, OwnForward
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    ChangedMeanwhileError,
    InvalidInputError,
    MailboxBusyError,
    UnreachableError,
)
from tests.end_to_end.prediction import found, own_fates
from tests.end_to_end.scripts import BY_HAND, ROUNDCUBE
from tests.end_to_end.site import Site
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders
from tests.servers.script_files import active_script, give_script, script_files

OPERATOR = Actor(name="helen@example.com", channel=Channel.WEB, role=Role.OPERATOR)
SUCCESSORS = ("anna@example.net", "bruno@example.org")
VACATION = (
    b'require ["vacation","fileinto"];\r\n# rule:[Away]\r\nif true\r\n{\r\n\t'
    b'vacation :days 1 :subject "leaver\'s own" "I am away";\r\n}\r\n'
    b'# rule:[Out]\r\nif true\r\n{\r\n\tfileinto "Archive";\r\n}\r\n'
)
SCRIPTS = {"none": None, "roundcube": ROUNDCUBE, "by-hand": BY_HAND, "own-reply": VACATION}
TODAY = datetime.now(UTC)


def access_to(login: str) -> Access:
    return Access(login=Login.parse(login), actor=OPERATOR)


def terms(login: str, copy: str = "none", *, reply: bool = True) -> CaseTerms:
    first, last = ((TODAY + timedelta(days=days)).date() for days in (10, 20))
    return CaseTerms(
        forward=Forward(
            destinations=tuple(map(EmailAddress.parse, SUCCESSORS)),
            copy=Copy.parse(copy),
            period=Period(first_day=first, last_day=last, timezone="Europe/Zurich"),
        ),
        reply=Reply(
            text='I left.\n.\nWrite to "Anna" ✉ ${x}',
            subject="No longer here",
            addresses=(EmailAddress.parse(login),),
        )
        if reply
        else None,
        ticket="INC-42",
        reason="left the company",
    )


def begin(site: Site, login: str, wanted: CaseTerms) -> Case:
    access = access_to(login)
    plan = site.wired.cases.plan_begin(access, wanted)
    assert not plan.refused, [one.message for one in plan.findings]
    return site.wired.cases.begin(access, wanted, plan.loaded)


def sent(sink: SmtpSink, subject: str) -> list[str]:
    found = [one for one in sink.messages if one.subject == subject]
    return sorted(recipient for one in found for recipient in one.recipients)


def replies(sink: SmtpSink, sender: str) -> list[tuple[str, str]]:
    found = [one.content for one in sink.to(sender)]
    return [
        (str(one["Subject"]), one.get_body().get_content().strip().replace("\r\n", "\n"))
        for one in found
        if one["Auto-Submitted"]
    ]


@dataclass(frozen=True)
class Post:
    """Delivers messages to *login*, each of which ends where the owner's page says."""

    site: Site
    sink: SmtpSink
    login: str

    def write(self, subject: str, sender: str, days: int = 0, **headers: str) -> None:
        """In so many days from now, by the clock of the mail server."""
        server, now = self.site.server, TODAY + timedelta(days=days)
        server.set_clock(now)
        spam = "X_Spam_Flag" in headers
        fates = own_fates(self.site, self.login, subject, at=now, spam=spam)
        assert deliver(server, self.login, subject, sender=sender, **headers).code == 250
        assert found(server, self.sink, subject, [self.login]) in fates


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("copy", ["none", "inbox", "folder:Left", "trash"])
def test_mail_is_handed_over_within_the_days_and_everything_is_as_before_afterwards(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str, copy: str, script: str
) -> None:
    before = SCRIPTS[script]
    if before is not None:
        give_script(dovecot, login, "theirs", before)
    case = begin(site, login, terms(login, copy))
    assert case.state is CaseState.ACTIVE

    post = Post(site, sink, login)
    subject, sender = f"within {login}", f"within-{login}"
    post.write(subject, sender, days=15)
    assert sent(sink, subject) == sorted(SUCCESSORS)
    assert replies(sink, sender) == [("No longer here", 'I left.\n.\nWrite to "Anna" ✉ ${x}')]
    kept = {"none": {}, "inbox": {"INBOX"}, "folder:Left": {"Left"}, "trash": {"Trash"}}[copy]
    assert set(imap_folders(dovecot, login)) == set(kept)

    for when, days in (("early", 5), ("late", 25)):
        subject, sender = f"{when} {login}", f"{when}-{login}"
        post.write(subject, sender, days=days)
        assert sent(sink, subject) == []
        own = [("leaver's own", "I am away")] if script == "own-reply" else []
        assert replies(sink, sender) == own

    cleaning = replace(site.wired.case_cleaning, clock=lambda: TODAY + timedelta(days=25))
    (ended,) = [one for one in cleaning.run() if one.id == case.id]
    assert (ended.state, ended.problem) == (CaseState.ENDED, "")
    assert script_files(dovecot, login) == ({} if before is None else {"theirs": before})
    assert active_script(dovecot, login) == (None if before is None else ScriptName("theirs"))


@pytest.mark.parametrize(
    "headers",
    [
        {"List_Id": "<staff.example.org>"},
        {"Precedence": "bulk"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"X_Spam_Flag": "YES"},
        {"sender": "no-reply@example.org"},
    ],
)
def test_machines_and_spam_are_not_answered(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str, headers: dict[str, str]
) -> None:
    begin(site, login, terms(login))
    values = {"sender": f"x-{login}", **headers}
    earlier = len(sink.messages)
    Post(site, sink, login).write(f"auto {login}", days=15, **values)
    assert [one for one in sink.messages[earlier:] if one.subject == "No longer here"] == []
    is_spam = "X_Spam_Flag" in headers
    assert sent(sink, f"auto {login}") == ([] if is_spam else sorted(SUCCESSORS))


def test_what_others_edit_meanwhile_stays(site: Site, dovecot: DovecotServer, login: str) -> None:
    give_script(dovecot, login, "theirs", VACATION)
    case = begin(site, login, terms(login))
    edited = script_files(dovecot, login)["theirs"].replace(b'"I am away"', b'"I moved"')
    give_script(dovecot, login, "theirs", edited)
    access = access_to(login)
    ended = site.wired.cases.end(access, case.id, None)
    assert ended.state is CaseState.ENDED
    assert script_files(dovecot, login) == {"theirs": VACATION.replace(b"I am away", b"I moved")}


def test_the_leavers_own_forward_is_switched_off_and_stays_off(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    access = access_to(login)
    forwards, cases = site.wired.forwards, site.wired.cases
    own = Forward(destinations=(EmailAddress.parse("private@example.net"),))
    forwards.set_forward(access, own, None)
    case = begin(site, login, terms(login))
    assert forwards.overview(access).forward == own.with_paused(True)
    Post(site, sink, login).write(f"before {login}", f"s-{login}")
    assert sent(sink, f"before {login}") == []
    cases.end(access, case.id, None)
    found = forwards.overview(access)
    assert (found.forward, found.handover) == (own.with_paused(True), None)


def test_the_leavers_own_forward_goes_on_where_the_operator_chose_so(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    access = access_to(login)
    own = Forward(destinations=(EmailAddress.parse("private@example.net"),))
    site.wired.forwards.set_forward(access, own, None)
    scripts = script_files(dovecot, login)
    case = begin(site, login, replace(terms(login), own_forward=OwnForward.KEEP))
    Post(site, sink, login).write(f"within {login}", f"s-{login}", days=15)
    assert sent(sink, f"within {login}") == sorted(SUCCESSORS)
    site.wired.cases.end(access, case.id, None)
    assert script_files(dovecot, login) == scripts


def test_a_case_is_extended_undone_and_ended(
    site: Site, dovecot: DovecotServer, login: str
) -> None:
    access, cases = access_to(login), site.wired.cases
    give_script(dovecot, login, "theirs", VACATION)
    case = begin(site, login, terms(login))
    first = script_files(dovecot, login)
    longer = replace(
        case.terms,
        forward=replace(
            case.terms.forward,
            period=replace(case.terms.forward.period, last_day=(TODAY + timedelta(days=60)).date()),
        ),
    )
    assert cases.change(access, case.id, longer, None).terms == longer
    assert site.wired.forwards.overview(access).handover == longer.handover(case.number)
    undone = cases.undo(access, case.id, None)
    assert (undone.terms, undone.state) == (case.terms, CaseState.ACTIVE)
    assert script_files(dovecot, login) == first
    assert cases.end(access, case.id, None).state is CaseState.ENDED
    assert script_files(dovecot, login) == {"theirs": VACATION}


@pytest.fixture(autouse=True)
def right_clock_afterwards(dovecot: DovecotServer) -> object:
    yield None
    dovecot.set_clock(None)


def test_two_operators_at_once_make_one_case(
    site: Site, dovecot: DovecotServer, login: str
) -> None:
    access, wanted = access_to(login), terms(login)
    loaded = site.wired.cases.plan_begin(access, wanted).loaded

    def try_to_begin(_number: int) -> bool:
        try:
            site.wired.cases.begin(access, wanted, loaded)
        except (ChangedMeanwhileError, MailboxBusyError, InvalidInputError):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        began = list(pool.map(try_to_begin, range(4)))
    assert began.count(True) == 1
    (case,) = site.wired.cases.store.of_mailbox(Login.parse(login))
    assert case.state is CaseState.ACTIVE
    handover = site.wired.forwards.overview(access).handover
    assert handover is not None
    assert handover.case == case.number


def test_owner_and_operator_at_once_lose_nothing_of_one_another(
    site: Site, dovecot: DovecotServer, login: str
) -> None:
    owner = Access(
        login=Login.parse(login), actor=Actor(name=login, channel=Channel.WEB), password=PASSWORD
    )
    own = Forward(destinations=(EmailAddress.parse("private@example.net"),))
    loaded = site.wired.forwards.overview(owner).fingerprint
    begin(site, login, terms(login))
    with pytest.raises(ChangedMeanwhileError):
        site.wired.forwards.set_forward(owner, own, loaded)
    site.wired.forwards.set_forward(owner, own, site.wired.forwards.overview(owner).fingerprint)
    found = site.wired.forwards.overview(owner)
    assert found.forward == own
    assert found.handover is not None


def test_a_case_by_command_from_its_beginning_to_its_end(
    site: Site, dovecot: DovecotServer, login: str
) -> None:
    asked = command(site, "begin", login, "--to", "anna@example.net")
    assert asked.exit_code == 2
    assert script_files(dovecot, login) == {}
    wrong = command(site, "begin", login, "--to", "anna", "--reply", "tlh", "--yes")
    assert wrong.exit_code == 2
    assert "tlh" in wrong.stderr
    options = ("--until", "2099-01-31", "--reply", "en", "--ticket", f"T-{login}", "--yes")
    begun = command(site, "begin", login, "--to", "anna@example.net", *options)
    assert begun.exit_code == 0, begun.output
    (listed,) = json.loads(command(site, "list", "--text", f"T-{login}", "--json").stdout)["cases"]
    assert (listed["mailbox"], listed["state"]) == (login, "active")
    number = str(listed["case"])
    shown = command(site, "show", number)
    assert "no longer works here" in shown.stdout
    assert f"T-{login}" in command(site, "list").stdout
    assert command(site, "undo", number, "--yes").exit_code == 0
    assert script_files(dovecot, login) == {}
    assert command(site, "end", number, "--yes").exit_code == 0
    assert command(site, "show", "999999").exit_code == 2
    assert "cases were due" in command(site, "clean").stdout


def command(site: Site, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(site.config), "cases", *arguments])


def cleaned_up(site: Site, case: Case) -> Case:
    """What the clean-up makes of *case* when its days are long over."""
    cleaning = CaseCleaning(cases=site.wired.cases, clock=lambda: TODAY + timedelta(days=40))
    (found,) = [one for one in cleaning.run() if one.id == case.id]
    assert site.wired.cases.store.case(case.id) == found
    return found


def is_refused(site: Site, login: str) -> bool:
    """Whether Dovecot, which looks at its users once a second, lets nobody act there by now."""
    try:
        site.wired.forwards.overview(access_to(login))
    except AccountDisabledError:
        return True
    except UnreachableError:  # it looked while the sign-in was under way
        return False
    return False


@pytest.mark.parametrize("gone", ["closed", "deleted"])
def test_mailbox_that_is_gone_in_mid_case_is_reported_and_settled_once_it_is_back(
    site: Site, dovecot: DovecotServer, login: str, gone: str
) -> None:
    case = begin(site, login, terms(login))
    if gone == "closed":
        dovecot.add_user(login, PASSWORD, closed=True)
    else:
        (dovecot.directory / "users" / login).unlink()
    wait_until(lambda: is_refused(site, login), seconds=10, what="the mailbox to be refused")
    for _ in range(2):
        failed = cleaned_up(site, case)
        assert failed.state is CaseState.FAILED
        assert "no such mailbox" in failed.problem or "closed" in failed.problem
    assert script_files(dovecot, login) != {}
    dovecot.add_user(login, PASSWORD)
    wait_until(lambda: not is_refused(site, login), seconds=10, what="the mailbox to be back")
    settled = cleaned_up(site, case)
    assert (settled.state, settled.problem) == (CaseState.ENDED, "")
    assert script_files(dovecot, login) == {}


def test_mailbox_that_is_full_goes_on_passing_mail_on_and_is_settled(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    login = f"full-{login}"
    dovecot.add_user(login, PASSWORD, quota_octets=1)
    assert deliver(dovecot, login, "does not fit").code != 250
    case = begin(site, login, terms(login))
    Post(site, sink, login).write(f"full {login}", f"full-{login}", days=15)
    assert sent(sink, f"full {login}") == sorted(SUCCESSORS)
    assert cleaned_up(site, case).state is CaseState.ENDED
    assert script_files(dovecot, login) == {}
