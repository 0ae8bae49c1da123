"""Make mailboxes on a private server, send to them, and look into them."""

import ssl
from itertools import count

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from sieve_manager.demo import lmtp
from sieve_manager.demo.mail_server import MailServer

PASSWORD = "owner's secret"
_numbers = count(1)


def make_mailbox(server: MailServer) -> str:
    """Make a mailbox that no other test knows, with PASSWORD; return its login (the address)."""
    login = f"owner{next(_numbers)}@example.com"
    server.add_user(login, PASSWORD)
    return login


def deliver(
    server: MailServer,
    recipient: str,
    subject: str = "A test message",
    *,
    sender: str = "sender@example.net",
    **headers: str,
) -> lmtp.Reply:
    """Deliver a message to *recipient*; ``X_Spam_Flag="YES"`` adds that header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    message = lmtp.sample_message(to=recipient, sender=sender, subject=subject, headers=named)
    port = server.endpoints.lmtp_port
    return lmtp.deliver(message, recipient=recipient, sender=sender, port=port)


def signed_in_imap(server: MailServer, login: str, password: str = PASSWORD) -> IMAPClient:
    """Return an IMAP session of *login*, to be used in a ``with``."""
    endpoints = server.endpoints
    client = IMAPClient(endpoints.host, endpoints.imap_port, ssl=False, timeout=10)
    client.starttls(ssl.create_default_context(cafile=str(endpoints.ca_file)))
    try:
        client.login(login, password)
    except LoginError:
        client.shutdown()
        raise
    return client


def imap_folders(server: MailServer, login: str) -> dict[str, list[tuple[str, bool]]]:
    """Return the folders of *login* that hold mail: ``{"INBOX": [(subject, is read)]}``."""
    found = {}
    with signed_in_imap(server, login) as client:
        for _, _, folder in client.list_folders():
            client.select_folder(folder, readonly=True)
            messages = client.fetch(client.search(), ["ENVELOPE", "FLAGS"])
            if messages:
                found[folder] = [
                    (data[b"ENVELOPE"].subject.decode(), b"\\Seen" in data[b"FLAGS"])
                    for _, data in sorted(messages.items())
                ]
    return found
