"""The private Cyrus: sign-in, acting for an owner, delivery, redirect, and another clock."""

from datetime import UTC, datetime

from sieve_manager.demo.smtp_sink import SmtpSink
from tests.servers.cyrus import CyrusServer
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders, make_mailbox
from tests.servers.managesieve_lines import signed_in_lines

UNTIL_2030 = """require ["date", "relational", "copy"];
if currentdate :zone "+0000" :value "lt" "iso8601" "2030-01-01T00:00:00+00:00" {
    redirect :copy "cyrus-forward@example.net";
}
"""


def test_an_owner_uploads_a_script_and_mail_follows_it(cyrus: CyrusServer, sink: SmtpSink) -> None:
    login = make_mailbox(cyrus)
    with signed_in_lines(cyrus.endpoints, login, PASSWORD) as session:
        session.put_active("mine", UNTIL_2030)
    try:
        for year in (2029, 2030, 2028):
            cyrus.set_clock(datetime(year, 1, 1, tzinfo=UTC))
            assert deliver(cyrus, login, f"In {year}").code == 250
    finally:
        cyrus.set_clock(None)  # other tests share this server
    sink.wait_for(lambda message: message.subject == "In 2028")
    forwarded = [message.subject for message in sink.to("cyrus-forward@example.net")]
    assert forwarded == ["In 2029", "In 2028"]
    assert imap_folders(cyrus, login) == {
        "INBOX": [("In 2029", False), ("In 2030", False), ("In 2028", False)]
    }


def test_the_master_acts_for_an_owner_and_is_told_for_whom(cyrus: CyrusServer) -> None:
    login, ends = make_mailbox(cyrus), cyrus.endpoints
    with signed_in_lines(ends, ends.master_user, ends.master_password, acting_for=login) as session:
        assert f'"OWNER" "{login}"' in session.say("CAPABILITY")
