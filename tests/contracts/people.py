"""Who is in the directories that the contract is tried on."""

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person

ANNA = Person(
    login=Login("anna"),
    name="Anna Muster",
    address=EmailAddress("Anna.Muster", "example.com"),
    aliases=(EmailAddress("office", "example.com"), EmailAddress("am", "example.org")),
    manager=Login("bruno@example.com"),
    groups=frozenset({"Staff", "Human Resources"}),
    language="de",
)
BRUNO = Person(
    login=Login("bruno@example.com"),
    name="Bruno Österreicher-Annen",
    address=EmailAddress("bruno", "example.com"),
    groups=frozenset({"Staff"}),
)
CARLA = Person(login=Login("carla"), name='carla (o\'Hara) *100%_\\ "x"', language="pt-BR")
ZOE = Person(
    login=Login("zoe.anderson"),
    name="Żoë Ångström",
    address=EmailAddress("za", "xn--bcher-kva.example"),
)
PEOPLE = (ANNA, BRUNO, CARLA, ZOE)
