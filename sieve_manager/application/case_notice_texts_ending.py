"""The texts to destinations of a case that mail ends soon, and that one asks for more time."""

from collections.abc import Mapping

from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

ENDINGS: Mapping[str, Mapping[NoticeKind, Wording]] = {
    "en": {
        NoticeKind.ENDING: Wording(
            subject="Mail for {leaver} comes to you until {last_day}",
            subject_of_many="Mail that is passed on to you ends soon",
            intro="You receive mail that is not addressed to you. That ends soon.",
            item=(
                "Mail for {leaver} ({mailbox}) is passed on to {destination}.\n"
                "Last day: {last_day}\n"
                "If you need it for longer, ask the helpdesk here: {link}"
            ),
            outro="To let it end, do nothing: it ends by itself on its last day.",
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} asks for more time with the mail for {leaver}",
            subject_of_many="Somebody asks for more time with mail that is passed on",
            intro=(
                "Somebody to whom mail is passed on by a case that you began asks for it to be "
                "extended. Nothing was changed."
            ),
            item=(
                "{destination} needs the mail for {leaver} ({mailbox}) for longer.\n"
                "Last day: {last_day}\nTicket: {ticket}\nTo extend it: {case_url}/change"
            ),
            outro="If you do not extend it, it ends by itself on its last day; tell them so.",
        ),
    },
    "de": {
        NoticeKind.ENDING: Wording(
            subject="Mails für {leaver} erhalten Sie bis {last_day}",
            subject_of_many="Mails, die an Sie weitergeleitet werden, enden bald",
            intro="Sie erhalten Mails, die nicht an Sie gerichtet sind. Das endet bald.",
            item=(
                "Mails für {leaver} ({mailbox}) werden an {destination} weitergeleitet.\n"
                "Letzter Tag: {last_day}\n"
                "Wenn Sie sie länger brauchen, bitten Sie hier den Helpdesk darum: {link}"
            ),
            outro="Soll es enden, tun Sie nichts: Es endet am letzten Tag von selbst.",
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} bittet um mehr Zeit mit den Mails für {leaver}",
            subject_of_many="Jemand bittet um mehr Zeit mit weitergeleiteten Mails",
            intro=(
                "Jemand, an den ein von Ihnen begonnener Fall Mails weiterleitet, bittet darum, "
                "ihn zu verlängern. Geändert wurde nichts."
            ),
            item=(
                "{destination} braucht die Mails für {leaver} ({mailbox}) länger.\n"
                "Letzter Tag: {last_day}\nTicket: {ticket}\nVerlängern: {case_url}/change"
            ),
            outro=(
                "Wenn Sie ihn nicht verlängern, endet er am letzten Tag von selbst; sagen Sie es "
                "dann bitte weiter."
            ),
        ),
    },
    "fr": {
        NoticeKind.ENDING: Wording(
            subject="Vous recevez les messages de {leaver} jusqu'au {last_day}",
            subject_of_many="Des messages qui vous sont transmis prennent bientôt fin",
            intro="Vous recevez des messages qui ne vous sont pas adressés. Cela finit bientôt.",
            item=(
                "Les messages pour {leaver} ({mailbox}) sont transmis à {destination}.\n"
                "Dernier jour : {last_day}\n"
                "Si vous en avez besoin plus longtemps, demandez-le à l'assistance ici : {link}"
            ),
            outro=(
                "Pour laisser cela prendre fin, ne faites rien : tout se termine de soi-même le "
                "dernier jour."
            ),
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} demande une prolongation pour les messages de {leaver}",
            subject_of_many="Quelqu'un demande une prolongation pour des messages transmis",
            intro=(
                "Quelqu'un à qui un dossier ouvert par vous transmet des messages demande de le "
                "prolonger. Rien n'a été modifié."
            ),
            item=(
                "{destination} a besoin plus longtemps des messages pour {leaver} ({mailbox}).\n"
                "Dernier jour : {last_day}\nTicket : {ticket}\n"
                "Pour le prolonger : {case_url}/change"
            ),
            outro=(
                "Si vous ne le prolongez pas, il se termine de lui-même le dernier jour ; "
                "dites-le alors à cette personne."
            ),
        ),
    },
    "it": {
        NoticeKind.ENDING: Wording(
            subject="Riceve i messaggi per {leaver} fino al {last_day}",
            subject_of_many="I messaggi che Le vengono inoltrati terminano presto",
            intro="Riceve messaggi che non sono indirizzati a Lei. Presto finirà.",
            item=(
                "I messaggi per {leaver} ({mailbox}) vengono inoltrati a {destination}.\n"
                "Ultimo giorno: {last_day}\n"
                "Se Le servono più a lungo, lo chieda qui all'assistenza: {link}"
            ),
            outro="Per lasciar terminare tutto non faccia nulla: finisce da sé l'ultimo giorno.",
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} chiede più tempo per i messaggi di {leaver}",
            subject_of_many="Qualcuno chiede più tempo per i messaggi inoltrati",
            intro=(
                "Qualcuno a cui un caso aperto da Lei inoltra messaggi chiede di prolungarlo. "
                "Nulla è stato modificato."
            ),
            item=(
                "A {destination} servono più a lungo i messaggi per {leaver} ({mailbox}).\n"
                "Ultimo giorno: {last_day}\nTicket: {ticket}\n"
                "Per prolungarlo: {case_url}/change"
            ),
            outro=(
                "Se non lo prolunga, termina da solo l'ultimo giorno; in tal caso avvisi "
                "l'interessato."
            ),
        ),
    },
    "es": {
        NoticeKind.ENDING: Wording(
            subject="Recibe los mensajes de {leaver} hasta el {last_day}",
            subject_of_many="Los mensajes que se le reenvían terminan pronto",
            intro="Recibe mensajes que no van dirigidos a usted. Eso termina pronto.",
            item=(
                "Los mensajes para {leaver} ({mailbox}) se reenvían a {destination}.\n"
                "Último día: {last_day}\n"
                "Si los necesita más tiempo, pídalo aquí al servicio de asistencia: {link}"
            ),
            outro="Para dejar que termine no haga nada: termina por sí solo el último día.",
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} pide más tiempo con los mensajes de {leaver}",
            subject_of_many="Alguien pide más tiempo con mensajes reenviados",
            intro=(
                "Alguien a quien un caso abierto por usted reenvía mensajes pide que se "
                "prolongue. No se ha cambiado nada."
            ),
            item=(
                "{destination} necesita más tiempo los mensajes para {leaver} ({mailbox}).\n"
                "Último día: {last_day}\nTicket: {ticket}\n"
                "Para prolongarlo: {case_url}/change"
            ),
            outro=(
                "Si no lo prolonga, termina por sí solo el último día; en ese caso, avise a esa "
                "persona."
            ),
        ),
    },
    "pt": {
        NoticeKind.ENDING: Wording(
            subject="Recebe as mensagens de {leaver} até {last_day}",
            subject_of_many="As mensagens que lhe são reencaminhadas terminam em breve",
            intro="Recebe mensagens que não lhe são dirigidas. Isso termina em breve.",
            item=(
                "As mensagens para {leaver} ({mailbox}) são reencaminhadas para {destination}.\n"
                "Último dia: {last_day}\n"
                "Se precisa delas por mais tempo, peça-o aqui ao apoio informático: {link}"
            ),
            outro="Para deixar terminar, não faça nada: termina por si no último dia.",
        ),
        NoticeKind.EXTEND: Wording(
            subject="{destination} pede mais tempo com as mensagens de {leaver}",
            subject_of_many="Alguém pede mais tempo com mensagens reencaminhadas",
            intro=(
                "Alguém para quem um caso aberto por si reencaminha mensagens pede que seja "
                "prolongado. Nada foi alterado."
            ),
            item=(
                "{destination} precisa por mais tempo das mensagens para {leaver} ({mailbox}).\n"
                "Último dia: {last_day}\nTicket: {ticket}\n"
                "Para o prolongar: {case_url}/change"
            ),
            outro=(
                "Se não o prolongar, termina por si no último dia; nesse caso, avise essa pessoa."
            ),
        ),
    },
}
