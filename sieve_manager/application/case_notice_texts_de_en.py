"""The texts of the notices about cases in English and German."""

from collections.abc import Mapping

from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

EN: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Somebody changed something in your mailbox",
        subject_of_many="Somebody changed your mailbox several times",
        intro="Your mailbox {mailbox} was changed by somebody else than you.",
        item=(
            "{day}: {action}\nBy: {who}\nMail goes to: {destinations}\nUntil: {last_day}\n"
            "Ticket: {ticket}\nReason: {reason}"
        ),
        outro=(
            "If you have questions, ask your helpdesk. You see everything that was done at "
            "{url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="You now receive mail for {leaver}",
        subject_of_many="You now receive mail for several people",
        intro="From now on you receive mail that is not addressed to you.",
        item=(
            "Mail for {leaver} ({mailbox}) is passed on to {destination}.\nUntil: {last_day}\n"
            "Settled by: {who}\nIf you do not want this, say so here: {link}"
        ),
        outro=(
            "The link tells the helpdesk; by itself it changes nothing. It can be used for "
            "{link_days} days."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="The case of {leaver} ends on {last_day}",
        subject_of_many="Several cases end soon",
        intro="You began these cases for people who left. They end soon.",
        item=(
            "{leaver} ({mailbox})\nLast day: {last_day}\nMail goes to: {destinations}\nTicket: "
            "{ticket}\nTo extend it: {case_url}/change"
        ),
        outro="To let a case end, do nothing: it ends by itself on its last day.",
    ),
    NoticeKind.ENDED: Wording(
        subject="The case of {leaver} has ended",
        subject_of_many="Several cases have ended",
        intro="These cases, which you began, have ended. What they brought in was taken out.",
        item=(
            "{leaver} ({mailbox})\nLast day: {last_day}\nTicket: {ticket}\nNote: {problem}\nThe "
            "case: {case_url}"
        ),
        outro="You need not do anything.",
    ),
    NoticeKind.FAILED: Wording(
        subject="The case of {leaver} could not be cleaned up",
        subject_of_many="Several cases could not be cleaned up",
        intro=(
            "These cases, which you began, are over, but what they brought in could not be taken "
            "out."
        ),
        item=(
            "{leaver} ({mailbox})\nLast day: {last_day}\nTicket: {ticket}\nWhat happened: "
            "{problem}\nThe case: {case_url}"
        ),
        outro="It is tried again and again. Look at the case to see what helps.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} does not want the mail for {leaver}",
        subject_of_many="Somebody does not want mail that is passed on",
        intro=(
            "Somebody to whom mail is passed on by a case that you began does not want it. "
            "Nothing was changed."
        ),
        item=(
            "{destination} does not want the mail for {leaver} ({mailbox}).\nTicket: {ticket}\n"
            "The case: {case_url}"
        ),
        outro="Talk to them, and change or end the case.",
    ),
    NoticeKind.LAPSED: Wording(
        subject="Nobody agreed to the case of {leaver}",
        subject_of_many="Nobody agreed to several cases",
        intro="Nobody agreed in time to these cases, which you asked for. Nothing was written.",
        item=(
            "{leaver} ({mailbox})\nMail would have gone to: {destinations}\nTicket: {ticket}\n"
            "The case: {case_url}"
        ),
        outro="If a case is still needed, ask for it again.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="The case of {leaver} was refused",
        subject_of_many="Several cases were refused",
        intro="Somebody refused or withdrew these cases, which you asked for. Nothing was written.",
        item=(
            "{leaver} ({mailbox})\nMail would have gone to: {destinations}\nBy: {who}\nWhy: "
            "{problem}\nTicket: {ticket}\nThe case: {case_url}"
        ),
        outro="If a case is still needed, talk to them, and ask for it again.",
    ),
    NoticeKind.LOST: Wording(
        subject="The mailbox of {leaver} cannot be read any more",
        subject_of_many="Several mailboxes cannot be read any more",
        intro=(
            "The cases that you began for these mailboxes still run, but at the last look "
            "through all mailboxes the mail server let nobody in, or they were not in the "
            "directory any more."
        ),
        item=("{leaver} ({mailbox})\nLast day: {last_day}\nTicket: {ticket}\nThe case: {case_url}"),
        outro=(
            "A mailbox that was deleted passes no mail on. The page of the case says what helps."
        ),
    ),
}
DE: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Jemand hat in Ihrem Postfach etwas geändert",
        subject_of_many="Jemand hat in Ihrem Postfach mehrmals etwas geändert",
        intro="Ihr Postfach {mailbox} wurde von jemand anderem geändert.",
        item=(
            "{day}: {action}\nDurch: {who}\nDie Mails gehen an: {destinations}\nBis: {last_day}\n"
            "Ticket: {ticket}\nGrund: {reason}"
        ),
        outro=(
            "Wenn Sie Fragen haben, wenden Sie sich an Ihren Helpdesk. Alles, was getan wurde, "
            "sehen Sie unter {url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="Sie erhalten jetzt Mails für {leaver}",
        subject_of_many="Sie erhalten jetzt Mails für mehrere Personen",
        intro="Ab jetzt erhalten Sie Mails, die nicht an Sie gerichtet sind.",
        item=(
            "Mails für {leaver} ({mailbox}) werden an {destination} weitergeleitet.\nBis: "
            "{last_day}\nEingerichtet durch: {who}\nWenn Sie das nicht möchten, sagen Sie es "
            "hier: {link}"
        ),
        outro=(
            "Der Link benachrichtigt den Helpdesk; von selbst ändert er nichts. Er gilt "
            "{link_days} Tage."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="Der Fall {leaver} endet am {last_day}",
        subject_of_many="Mehrere Fälle enden bald",
        intro="Diese Fälle haben Sie für ausgetretene Personen begonnen. Sie enden bald.",
        item=(
            "{leaver} ({mailbox})\nLetzter Tag: {last_day}\nDie Mails gehen an: {destinations}\n"
            "Ticket: {ticket}\nVerlängern: {case_url}/change"
        ),
        outro="Soll ein Fall enden, tun Sie nichts: Er endet an seinem letzten Tag von selbst.",
    ),
    NoticeKind.ENDED: Wording(
        subject="Der Fall {leaver} ist beendet",
        subject_of_many="Mehrere Fälle sind beendet",
        intro=(
            "Diese Fälle, die Sie begonnen haben, sind beendet. Was sie mitgebracht hatten, "
            "wurde entfernt."
        ),
        item=(
            "{leaver} ({mailbox})\nLetzter Tag: {last_day}\nTicket: {ticket}\nHinweis: "
            "{problem}\nDer Fall: {case_url}"
        ),
        outro="Sie müssen nichts tun.",
    ),
    NoticeKind.FAILED: Wording(
        subject="Der Fall {leaver} konnte nicht aufgeräumt werden",
        subject_of_many="Mehrere Fälle konnten nicht aufgeräumt werden",
        intro=(
            "Diese Fälle, die Sie begonnen haben, sind vorbei, aber was sie mitgebracht hatten, "
            "konnte nicht entfernt werden."
        ),
        item=(
            "{leaver} ({mailbox})\nLetzter Tag: {last_day}\nTicket: {ticket}\nWas geschah: "
            "{problem}\nDer Fall: {case_url}"
        ),
        outro="Es wird immer wieder versucht. Auf der Seite des Falls sehen Sie, was hilft.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} möchte die Mails für {leaver} nicht",
        subject_of_many="Jemand möchte weitergeleitete Mails nicht",
        intro=(
            "Jemand, an den ein von Ihnen begonnener Fall Mails weiterleitet, möchte sie nicht. "
            "Geändert wurde nichts."
        ),
        item=(
            "{destination} möchte die Mails für {leaver} ({mailbox}) nicht.\nTicket: {ticket}\n"
            "Der Fall: {case_url}"
        ),
        outro="Sprechen Sie miteinander, und ändern oder beenden Sie den Fall.",
    ),
    NoticeKind.LAPSED: Wording(
        subject="Dem Fall {leaver} hat niemand zugestimmt",
        subject_of_many="Mehreren Fällen hat niemand zugestimmt",
        intro=(
            "Diesen Fällen, um die Sie gebeten haben, hat niemand rechtzeitig zugestimmt. "
            "Geschrieben wurde nichts."
        ),
        item=(
            "{leaver} ({mailbox})\nDie Mails wären gegangen an: {destinations}\nTicket: "
            "{ticket}\nDer Fall: {case_url}"
        ),
        outro="Wird ein Fall noch gebraucht, bitten Sie noch einmal darum.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="Der Fall {leaver} wurde abgelehnt",
        subject_of_many="Mehrere Fälle wurden abgelehnt",
        intro=(
            "Diese Fälle, um die Sie gebeten haben, hat jemand abgelehnt oder zurückgezogen. "
            "Geschrieben wurde nichts."
        ),
        item=(
            "{leaver} ({mailbox})\nDie Mails wären gegangen an: {destinations}\nDurch: {who}\n"
            "Grund: {problem}\nTicket: {ticket}\nDer Fall: {case_url}"
        ),
        outro="Wird ein Fall noch gebraucht, sprechen Sie miteinander und bitten Sie erneut darum.",
    ),
    NoticeKind.LOST: Wording(
        subject="Das Postfach von {leaver} ist nicht mehr lesbar",
        subject_of_many="Mehrere Postfächer sind nicht mehr lesbar",
        intro=(
            "Die Fälle, die Sie für diese Postfächer begonnen haben, laufen noch. Bei der "
            "letzten Durchsicht aller Postfächer ließ der Mailserver aber niemanden "
            "hinein, oder sie standen nicht mehr im Verzeichnis."
        ),
        item=(
            "{leaver} ({mailbox})\nLetzter Tag: {last_day}\nTicket: {ticket}\nDer Fall: {case_url}"
        ),
        outro=(
            "Ein gelöschtes Postfach leitet keine Mail weiter. Auf der Seite des Falls "
            "sehen Sie, was hilft."
        ),
    ),
}
