"""The texts of the notices about cases in English, German and French."""

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
}
FR: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Quelqu'un a modifié votre boîte aux lettres",
        subject_of_many="Quelqu'un a modifié plusieurs fois votre boîte aux lettres",
        intro="Votre boîte aux lettres {mailbox} a été modifiée par quelqu'un d'autre que vous.",
        item=(
            "{day} : {action}\nPar : {who}\nLes messages vont à : {destinations}\nJusqu'au : "
            "{last_day}\nTicket : {ticket}\nMotif : {reason}"
        ),
        outro=(
            "Si vous avez des questions, adressez-vous à votre assistance. Vous voyez tout ce "
            "qui a été fait sur {url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="Vous recevez désormais les messages de {leaver}",
        subject_of_many="Vous recevez désormais les messages de plusieurs personnes",
        intro="Vous recevez désormais des messages qui ne vous sont pas adressés.",
        item=(
            "Les messages pour {leaver} ({mailbox}) sont transmis à {destination}.\nJusqu'au : "
            "{last_day}\nMis en place par : {who}\nSi vous ne le souhaitez pas, dites-le ici : "
            "{link}"
        ),
        outro=(
            "Le lien prévient l'assistance ; à lui seul, il ne change rien. Il est valable "
            "{link_days} jours."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="Le dossier de {leaver} prend fin le {last_day}",
        subject_of_many="Plusieurs dossiers prennent bientôt fin",
        intro="Vous avez ouvert ces dossiers pour des personnes parties. Ils prennent bientôt fin.",
        item=(
            "{leaver} ({mailbox})\nDernier jour : {last_day}\nLes messages vont à : "
            "{destinations}\nTicket : {ticket}\nPour le prolonger : {case_url}/change"
        ),
        outro=(
            "Pour laisser un dossier prendre fin, ne faites rien : il se termine de lui-même le "
            "dernier jour."
        ),
    ),
    NoticeKind.ENDED: Wording(
        subject="Le dossier de {leaver} a pris fin",
        subject_of_many="Plusieurs dossiers ont pris fin",
        intro=(
            "Ces dossiers, que vous avez ouverts, ont pris fin. Ce qu'ils avaient ajouté a été "
            "retiré."
        ),
        item=(
            "{leaver} ({mailbox})\nDernier jour : {last_day}\nTicket : {ticket}\nRemarque : "
            "{problem}\nLe dossier : {case_url}"
        ),
        outro="Vous n'avez rien à faire.",
    ),
    NoticeKind.FAILED: Wording(
        subject="Le dossier de {leaver} n'a pas pu être nettoyé",
        subject_of_many="Plusieurs dossiers n'ont pas pu être nettoyés",
        intro=(
            "Ces dossiers, que vous avez ouverts, sont terminés, mais ce qu'ils avaient ajouté "
            "n'a pas pu être retiré."
        ),
        item=(
            "{leaver} ({mailbox})\nDernier jour : {last_day}\nTicket : {ticket}\nCe qui s'est "
            "passé : {problem}\nLe dossier : {case_url}"
        ),
        outro="Une nouvelle tentative a lieu régulièrement. La page du dossier montre ce qui aide.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} ne souhaite pas recevoir les messages de {leaver}",
        subject_of_many="Quelqu'un ne souhaite pas recevoir des messages transmis",
        intro=(
            "Quelqu'un à qui un dossier ouvert par vous transmet des messages ne souhaite pas "
            "les recevoir. Rien n'a été modifié."
        ),
        item=(
            "{destination} ne souhaite pas recevoir les messages pour {leaver} ({mailbox}).\n"
            "Ticket : {ticket}\nLe dossier : {case_url}"
        ),
        outro="Parlez-en ensemble, puis modifiez le dossier ou mettez-y fin.",
    ),
}
