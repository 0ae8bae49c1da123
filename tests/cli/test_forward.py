"""``forward``: what is printed, asked, written, and with which exit status it ends."""

import pytest

from sieve_manager.adapters.memory import MemoryMailer
from sieve_manager.policy.policy import Policy
from tests.application.world import World
from tests.cli.conftest import BrokenMailer, Cli

KEYS = {
    "mailbox",
    "state",
    "destinations",
    "waiting",
    "copy",
    "first_day",
    "last_day",
    "timezone",
    "hold_spam",
    "included_script",
    "foreign_redirects",
    "redirects_used",
    "redirects_allowed",
    "fingerprint",
    "warnings",
    "works",
}
ROUNDCUBE = (
    b'require ["copy"];\r\n# rule:[Books]\r\nif header :contains "subject" "book"\r\n'
    b'{\r\n\tredirect :copy "books@example.org";\r\n}\r\n'
)
SET = "forward set anna@example.com --to bruno@example.net"


def test_show_says_that_nothing_is_forwarded(cli: Cli) -> None:
    result = cli("forward show anna@example.com")
    assert result.exit_code == 0
    assert "anna@example.com: off" in result.stdout
    assert "Nothing is forwarded." in result.stdout


def test_show_as_json_has_exactly_the_promised_keys(cli: Cli) -> None:
    form = cli.json("forward show anna@example.com --json")
    assert set(form) == KEYS
    assert (form["state"], form["destinations"], form["copy"]) == ("off", [], None)


def test_set_as_json_prints_what_was_read_back(cli: Cli) -> None:
    line = (
        f"{SET} --to CARLA@Example.org --copy folder:Old --from 2027-02-01 --until 2027-02-28 "
        "--timezone Europe/Zurich --hold-spam --yes --json"
    )
    form = cli.json(line)
    assert set(form) == KEYS
    assert form["state"] == "active"
    assert form["destinations"] == ["bruno@example.net", "CARLA@example.org"]
    assert (form["copy"], form["hold_spam"]) == ("folder:Old", True)
    assert (form["first_day"], form["last_day"]) == ("2027-02-01", "2027-02-28")
    assert form["timezone"] == "Europe/Zurich"
    assert (form["redirects_used"], form["redirects_allowed"]) == (2, 4)
    assert form == cli.json("forward show anna@example.com --json")


def test_set_replaces_the_whole_forward_and_what_is_not_given_is_the_default(cli: Cli) -> None:
    cli(f"{SET} --copy none --until 2027-02-28 --hold-spam --yes")
    form = cli.json("forward set anna@example.com --to carla@example.org --yes --json")
    assert form["destinations"] == ["carla@example.org"]
    assert (form["copy"], form["last_day"], form["hold_spam"]) == ("inbox", None, False)


@pytest.mark.parametrize(("option", "held"), [("", True), ("--no-hold-spam", False)])
def test_spam_is_held_back_as_policy_says_unless_told_otherwise(
    cli: Cli, option: str, held: bool
) -> None:
    cli.world = World(policy=Policy(hold_spam=True))
    assert cli.json(f"{SET} {option} --yes --json")["hold_spam"] is held


def test_one_option_may_hold_several_addresses(cli: Cli) -> None:
    result = cli("forward set anna@example.com --yes --json --to", "a@example.net, b@example.net")
    assert result.exit_code == 0
    assert '"a@example.net",\n    "b@example.net"' in result.stdout


def test_without_a_terminal_and_without_yes_nothing_is_changed(cli: Cli) -> None:
    result = cli(SET)
    assert result.exit_code == 2
    assert "no terminal" in result.stderr
    assert '+\tredirect :copy "bruno@example.net";'.expandtabs() in result.stdout.expandtabs()
    assert cli.world.scripts == {}


def test_on_a_terminal_the_plan_is_shown_and_asked_about(cli: Cli) -> None:
    result = cli(SET, terminal=True, typed="y\n")
    assert result.exit_code == 0
    assert "Active script: none → “sieve-manager”" in result.stdout
    assert "Apply this?" in result.stderr
    assert "The server has it (read back at 2027-02-10" in result.stdout
    assert cli.world.active == "sieve-manager"


def test_the_answer_no_changes_nothing(cli: Cli) -> None:
    result = cli(SET, terminal=True, typed="n\n")
    assert result.exit_code == 1
    assert "Nothing was changed." in result.stderr
    assert cli.world.scripts == {}


def test_setting_what_is_already_set_neither_asks_nor_writes(cli: Cli) -> None:
    cli(f"{SET} --yes")
    result = cli(SET)
    assert result.exit_code == 0
    assert "nothing to change" in result.stdout
    assert len(cli.world.history.versions(next(iter(cli.world.history._versions)))) == 1


def test_with_json_everything_else_goes_to_standard_error(cli: Cli) -> None:
    result = cli(f"{SET} --yes --json")
    assert result.stdout.startswith("{")
    assert "+++ after" in result.stderr


def test_what_policy_refuses_is_not_asked_about(cli: Cli) -> None:
    cli.world = World(policy=Policy(allowed_destination_domains=frozenset({"example.org"})))
    result = cli(f"{SET} --yes")
    assert result.exit_code == 3
    assert "Forwarding to example.net is not allowed here." in result.stderr
    assert cli.world.scripts == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "--to nonsense",
        "--to bruno@example.net --copy bin",
        "--to bruno@example.net --copy folder:",
        "--to bruno@example.net --from tomorrow",
        "--to bruno@example.net --from 2027-02-02 --until 2027-02-01",
        "--to bruno@example.net --timezone Mars/Olympus",
        "",
    ],
)
def test_wrong_input_ends_with_status_2(cli: Cli, wrong: str) -> None:
    result = cli(f"forward set anna@example.com --yes {wrong}")
    assert result.exit_code == 2
    assert cli.world.scripts == {}


def test_the_masters_separator_is_refused_in_a_mailbox(cli: Cli) -> None:
    assert cli("forward show anna*helpdesk").exit_code == 2


def test_somebody_elses_change_between_plan_and_save_is_not_overwritten(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_and_agree(*_: object, **__: object) -> None:
        cli.world.give(ROUNDCUBE)

    monkeypatch.setattr("sieve_manager.cli.saving.agree", change_and_agree)
    result = cli(SET)
    assert result.exit_code == 4
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}


def test_a_refusal_of_the_server_says_the_step_and_that_nothing_changed(cli: Cli) -> None:
    cli.world.server.max_size_octets = 10
    result = cli(f"{SET} --yes")
    assert result.exit_code == 6
    assert "Failed at the step “" in result.stderr
    assert "Nothing was changed." in result.stderr


def test_pause_and_resume(cli: Cli) -> None:
    cli(f"{SET} --yes")
    assert cli("forward pause anna@example.com --yes").exit_code == 0
    assert cli.json("forward show anna@example.com --json")["state"] == "paused"
    assert cli("forward resume anna@example.com --yes").exit_code == 0
    assert cli.json("forward show anna@example.com --json")["state"] == "active"


def test_pause_without_a_forward_is_wrong_input(cli: Cli) -> None:
    result = cli("forward pause anna@example.com --yes")
    assert result.exit_code == 2
    assert "no forward" in result.stderr


def test_clear_puts_back_what_was_there(cli: Cli) -> None:
    cli.world.give(ROUNDCUBE)
    cli(f"{SET} --yes")
    form = cli.json("forward clear anna@example.com --yes --json")
    assert form["state"] == "foreign"
    assert cli.world.scripts == {"roundcube": ROUNDCUBE}


def test_clearing_the_only_rule_deletes_our_script(cli: Cli) -> None:
    cli(f"{SET} --yes")
    result = cli("forward clear anna@example.com --yes")
    assert "Script “sieve-manager” is deleted." in result.stdout
    assert (cli.world.scripts, cli.world.active) == ({}, None)


def test_nothing_to_clear_is_said_with_the_present_state(cli: Cli) -> None:
    assert cli.json("forward clear anna@example.com --json")["state"] == "off"


def test_show_says_who_changed_it_last_and_that_others_did_since(cli: Cli) -> None:
    cli(f"{SET} --until 2027-03-01 --yes --note", "ticket 42")
    shown = cli("forward show anna@example.com").stdout
    assert "Last change    set by " in shown
    assert "Next change    2027-03-01 23:59 (UTC)" in shown
    assert "ticket 42" in shown
    assert "another program" not in shown
    cli.world.give(b"keep;", "theirs")
    assert "changed by another program since" in cli("forward show anna@example.com").stdout


def test_warnings_of_the_server_are_passed_on(cli: Cli) -> None:
    cli.world.server.judge = lambda _: "line 2: deprecated"
    assert "The server warns: line 2: deprecated" in cli(f"{SET} --yes").stderr


def test_a_notice_that_cannot_be_sent_undoes_nothing(cli: Cli) -> None:
    cli.mailer = BrokenMailer()
    result = cli(f"{SET} --yes")
    assert result.exit_code == 0
    assert "could not be told" in result.stderr


def test_others_redirects_are_shown(cli: Cli) -> None:
    cli.world.give(ROUNDCUBE)
    (redirect,) = cli.json("forward show anna@example.com --json")["foreign_redirects"]
    assert redirect["to"] == "books@example.org"
    assert redirect["rule"] == "Books"
    result = cli("forward show anna@example.com")
    assert "Another filter (“Books”) forwards some messages to books@example.org." in result.stdout


def test_clear_wants_a_mailbox_or_all_of_them(cli: Cli) -> None:
    assert cli("forward clear").exit_code == 2
    assert cli("forward clear anna@example.com --all-mailboxes").exit_code == 2


def test_the_owner_is_told_of_an_outside_address_once(cli: Cli) -> None:
    cli(f"{SET} --to inside@example.com --yes")
    assert isinstance(cli.mailer, MemoryMailer)
    (notice,) = cli.mailer.sent
    assert str(notice.to) == "anna@example.com"
    assert "bruno@example.net" in notice.text
    assert "inside@example.com" not in notice.text


def test_history_holds_who_and_why(cli: Cli) -> None:
    cli(f"{SET} --yes --note", "ticket 42")
    (version,) = cli.json("history anna@example.com --json")["versions"]
    assert (version["change"], version["note"], version["channel"]) == ("set", "ticket 42", "cli")
    assert version["actor"]


def test_with_a_password_the_owner_acts(cli: Cli) -> None:
    cli.world.server.passwords = {"anna@example.com": "right"}
    wrong = cli(f"{SET} --yes --password-prompt", typed="wrong\n")
    assert wrong.exit_code == 7
    assert "wrong" not in wrong.output
    assert cli(f"{SET} --yes --password-prompt", typed="right\n").exit_code == 0
    (version,) = cli.json("history anna@example.com --json")["versions"]
    assert version["actor"] == "anna@example.com"


def test_without_master_only_a_password_will_do(cli: Cli) -> None:
    cli.configure("")
    result = cli("forward show anna@example.com")
    assert result.exit_code == 2
    assert "--password-prompt" in result.stderr
    assert cli("forward show anna@example.com --password-prompt", typed="x\n").exit_code == 0


def test_a_missing_mailbox_ends_with_status_7(cli: Cli) -> None:
    cli.world.server.passwords = {}
    assert cli("forward show anna@example.com").exit_code == 7


def test_every_call_closes_what_it_opened(cli: Cli) -> None:
    cli("forward show anna@example.com")
    cli("forward set anna@example.com --to nonsense")
    assert cli.closed == 2


def test_hostile_names_cannot_steer_the_terminal(cli: Cli) -> None:
    cli.world.give(ROUNDCUBE.replace(b"Books", b"\x1b]0;owned\x07\xe2\x80\xae"))
    shown = cli("forward show anna@example.com").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\u001b]0;owned" in shown
