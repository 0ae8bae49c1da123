"""The people of the demo, each with a case that a newcomer wants to see."""

from sieve_manager.demo.world import Account
from sieve_manager.domain.roles import Role

_PASSWORD = "demo"  # noqa: S105 - printed at the start; the server lives as long as the demo

ANNA = Account(
    login="anna@example.com",
    address="anna@example.com",
    name="Anna Ammann",
    manager="bruno@example.com",
    password=_PASSWORD,
    about="has no filters yet",
)
BRUNO = Account(
    login="bruno@example.com",
    address="bruno@example.com",
    name="Bruno Bär",
    manager="carla@example.com",
    password=_PASSWORD,
    about="sorts mail with filters made in Roundcube",
)
CARLA = Account(
    login="carla@example.com",
    address="carla@example.com",
    name="Carla Conti",
    password=_PASSWORD,
    about="wrote a Sieve script by hand",
)
OTTO = Account(
    login="otto@example.com",
    address="otto@example.com",
    name="Otto Oswald",
    password=_PASSWORD,
    about="works at the helpdesk",
    role=Role.OPERATOR,
)
ADA = Account(
    login="ada@example.com",
    address="ada@example.com",
    name="Ada Amrein",
    password=_PASSWORD,
    about="is the mail administrator",
    role=Role.ADMINISTRATOR,
)
ACCOUNTS = (ANNA, BRUNO, CARLA, OTTO, ADA)

# As Roundcube 1.6 writes them.
ROUNDCUBE_NAME = "roundcube"
ROUNDCUBE_SCRIPT = """\
require ["copy","fileinto"];
# rule:[Invoices]
if header :contains "subject" "invoice"
{
	fileinto "Invoices";
	stop;
}
# rule:[Book club]
if allof (header :contains "subject" "book", not header :contains "from" "noreply")
{
	redirect :copy "books@example.org";
}
""".replace("\n", "\r\n")
ROUNDCUBE_FOLDERS = ("Invoices",)

HAND_WRITTEN_NAME = "carla's rules"
HAND_WRITTEN_SCRIPT = """\
# Carla's rules. Written by hand; ask me before you change them.
require ["duplicate", "environment", "fileinto", "mailbox"];

/* The build server says everything twice:
   keep the first, drop the rest for an hour. */
if allof (header :contains "subject" "[build]",
          duplicate :header "X-Build-Id" :seconds 3600) {
    discard;
    stop;
}

# Lists do not belong into the inbox.
if exists "list-id" {
    fileinto :create "Lists";       # made when the first one comes
} elsif header :contains "subject" "newsletter" {
    fileinto :create "Lists/Newsletters";
}
"""
