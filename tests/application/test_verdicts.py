"""A verdict is asked for once a minute, and again for other scripts."""

from sieve_manager.application.verdicts import Verdicts
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import Fingerprint

ANNA, BRUNO = Login("anna"), Login("bruno")
ONE, OTHER = Fingerprint("1"), Fingerprint("2")


class Server:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self.verdicts = Verdicts(clock=lambda: self.now)

    def ask(self) -> str:
        self.asked += 1
        return f"error {self.asked}"

    def of(self, login: Login, scripts: Fingerprint) -> str:
        return self.verdicts.of(login, scripts, self.ask)


def test_the_same_scripts_are_judged_once_a_minute() -> None:
    server = Server()
    assert server.of(ANNA, ONE) == "error 1"
    server.now = 59.9
    assert server.of(ANNA, ONE) == "error 1"
    server.now = 60
    assert server.of(ANNA, ONE) == "error 2"


def test_other_scripts_and_other_mailboxes_are_judged_anew() -> None:
    server = Server()
    server.of(ANNA, ONE)
    assert server.of(ANNA, OTHER) == "error 2"
    assert server.of(BRUNO, OTHER) == "error 3"


def test_what_a_save_learnt_is_not_asked_again() -> None:
    server = Server()
    server.verdicts.keep(ANNA, ONE, "")
    assert server.of(ANNA, ONE) == ""
    assert server.asked == 0


def test_only_the_last_thousand_mailboxes_are_kept() -> None:
    server = Server()
    for number in range(1001):
        server.of(Login(str(number)), ONE)
    assert server.of(Login("1"), ONE) == "error 2"
    assert server.of(Login("0"), ONE) == "error 1002"
