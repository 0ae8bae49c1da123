"""The texts of the notices about redirect addresses, in all languages."""

from collections.abc import Mapping

from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

_CHANGED, _REMINDER, _ENDED = (
    NoticeKind.ADDRESS_CHANGED,
    NoticeKind.ADDRESS_REMINDER,
    NoticeKind.ADDRESS_ENDED,
)

ADDRESS_TEXTS: Mapping[str, Mapping[NoticeKind, Wording]] = {
    "en": {
        _CHANGED: Wording(
            subject="Somebody changed the redirect address {address}",
            subject_of_many="Somebody changed redirect addresses of yours",
            intro="You decide, or decided, where redirect addresses lead. Somebody else made this.",
            item=(
                "{address}\n{day}: {action}\nBy: {who}\nMail goes to: {destinations}\n"
                "Last day: {last_day}\nTicket: {ticket}\nReason: {reason}"
            ),
            outro="If you have questions, ask your helpdesk. Yours are at {url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="The redirect address {address} ends on {last_day}",
            subject_of_many="Several redirect addresses end soon",
            intro="These redirect addresses, which you look after, end soon.",
            item=(
                "{address}\nLast day: {last_day}\nMail goes to: {destinations}\n"
                "To extend it: {address_url}"
            ),
            outro="To let one end, do nothing: after its last day, senders are refused.",
        ),
        _ENDED: Wording(
            subject="The redirect address {address} has ended",
            subject_of_many="Several redirect addresses have ended",
            intro="These redirect addresses, which you look after, have ended.",
            item=(
                "{address}\nLast day: {last_day}\nMail went to: {destinations}\n"
                "The address: {address_url}"
            ),
            outro="Senders are refused since. To go on with one, give it another last day.",
        ),
    },
    "de": {
        _CHANGED: Wording(
            subject="Jemand hat die Weiterleitungsadresse {address} geändert",
            subject_of_many="Jemand hat Weiterleitungsadressen von Ihnen geändert",
            intro="Sie bestimmen oder bestimmten, wohin Weiterleitungsadressen führen. Das "
            "tat jemand anderes:",
            item=(
                "{address}\n{day}: {action}\nDurch: {who}\nDie Mails gehen an: {destinations}\n"
                "Letzter Tag: {last_day}\nTicket: {ticket}\nGrund: {reason}"
            ),
            outro="Wenn Sie Fragen haben, wenden Sie sich an Ihren Helpdesk. Ihre Adressen finden "
            "Sie unter {url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="Die Weiterleitungsadresse {address} endet am {last_day}",
            subject_of_many="Mehrere Weiterleitungsadressen enden bald",
            intro="Diese Weiterleitungsadressen, um die Sie sich kümmern, enden bald.",
            item=(
                "{address}\nLetzter Tag: {last_day}\nDie Mails gehen an: {destinations}\n"
                "Verlängern: {address_url}"
            ),
            outro="Soll eine enden, tun Sie nichts: Nach ihrem letzten Tag werden Absender "
            "abgewiesen.",
        ),
        _ENDED: Wording(
            subject="Die Weiterleitungsadresse {address} ist beendet",
            subject_of_many="Mehrere Weiterleitungsadressen sind beendet",
            intro="Diese Weiterleitungsadressen, um die Sie sich kümmern, sind beendet.",
            item=(
                "{address}\nLetzter Tag: {last_day}\nDie Mails gingen an: {destinations}\n"
                "Die Adresse: {address_url}"
            ),
            outro="Seither werden Absender abgewiesen. Soll eine weitergehen, geben Sie ihr einen "
            "anderen letzten Tag.",
        ),
    },
    "fr": {
        _CHANGED: Wording(
            subject="Quelqu'un a modifié l'adresse de redirection {address}",
            subject_of_many="Quelqu'un a modifié des adresses de redirection à vous",
            intro="Vous décidez, ou décidiez, où mènent des adresses de redirection. Quelqu'un "
            "d'autre a fait ceci :",
            item=(
                "{address}\n{day} : {action}\nPar : {who}\nLes messages vont à : {destinations}\n"
                "Dernier jour : {last_day}\nTicket : {ticket}\nMotif : {reason}"
            ),
            outro="Si vous avez des questions, adressez-vous à votre assistance. Vos adresses sont "
            "sur {url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="L'adresse de redirection {address} prend fin le {last_day}",
            subject_of_many="Plusieurs adresses de redirection prennent bientôt fin",
            intro="Ces adresses de redirection, dont vous vous occupez, prennent bientôt fin.",
            item=(
                "{address}\nDernier jour : {last_day}\nLes messages vont à : {destinations}\n"
                "Pour la prolonger : {address_url}"
            ),
            outro="Pour en laisser une prendre fin, ne faites rien : après son dernier jour, les "
            "expéditeurs sont refusés.",
        ),
        _ENDED: Wording(
            subject="L'adresse de redirection {address} a pris fin",
            subject_of_many="Plusieurs adresses de redirection ont pris fin",
            intro="Ces adresses de redirection, dont vous vous occupez, ont pris fin.",
            item=(
                "{address}\nDernier jour : {last_day}\nLes messages allaient à : {destinations}\n"
                "L'adresse : {address_url}"
            ),
            outro="Depuis, les expéditeurs sont refusés. Pour en prolonger une, donnez-lui un "
            "autre dernier jour.",
        ),
    },
    "it": {
        _CHANGED: Wording(
            subject="Qualcuno ha modificato l'indirizzo di inoltro {address}",
            subject_of_many="Qualcuno ha modificato Suoi indirizzi di inoltro",
            intro="Lei decide, o decideva, dove portano alcuni indirizzi di inoltro. "
            "Qualcun altro ha fatto questo:",
            item=(
                "{address}\n{day}: {action}\nDa parte di: {who}\nI messaggi vanno a: "
                "{destinations}\nUltimo giorno: {last_day}\nTicket: {ticket}\nMotivo: {reason}"
            ),
            outro="Se ha domande, si rivolga all'assistenza. I Suoi indirizzi sono su "
            "{url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="L'indirizzo di inoltro {address} termina il {last_day}",
            subject_of_many="Più indirizzi di inoltro terminano presto",
            intro="Questi indirizzi di inoltro, di cui si occupa, terminano presto.",
            item=(
                "{address}\nUltimo giorno: {last_day}\nI messaggi vanno a: {destinations}\n"
                "Per prolungarlo: {address_url}"
            ),
            outro="Per lasciarne terminare uno non faccia nulla: dopo l'ultimo giorno i mittenti "
            "vengono respinti.",
        ),
        _ENDED: Wording(
            subject="L'indirizzo di inoltro {address} è terminato",
            subject_of_many="Più indirizzi di inoltro sono terminati",
            intro="Questi indirizzi di inoltro, di cui si occupa, sono terminati.",
            item=(
                "{address}\nUltimo giorno: {last_day}\nI messaggi andavano a: {destinations}\n"
                "L'indirizzo: {address_url}"
            ),
            outro="Da allora i mittenti vengono respinti. Per continuare, gli dia un altro ultimo "
            "giorno.",
        ),
    },
    "es": {
        _CHANGED: Wording(
            subject="Alguien ha cambiado la dirección de redirección {address}",
            subject_of_many="Alguien ha cambiado direcciones de redirección suyas",
            intro="Usted decide, o decidía, adónde llevan unas direcciones de redirección. Otra "
            "persona ha hecho esto:",
            item=(
                "{address}\n{day}: {action}\nPor: {who}\nLos mensajes van a: {destinations}\n"
                "Último día: {last_day}\nTicket: {ticket}\nMotivo: {reason}"
            ),
            outro="Si tiene preguntas, diríjase a su servicio de asistencia. Sus direcciones están "
            "en {url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="La dirección de redirección {address} termina el {last_day}",
            subject_of_many="Varias direcciones de redirección terminan pronto",
            intro="Estas direcciones de redirección, de las que usted se ocupa, terminan pronto.",
            item=(
                "{address}\nÚltimo día: {last_day}\nLos mensajes van a: {destinations}\n"
                "Para prolongarla: {address_url}"
            ),
            outro="Para dejar que una termine no haga nada: después de su último día se rechaza a "
            "los remitentes.",
        ),
        _ENDED: Wording(
            subject="La dirección de redirección {address} ha terminado",
            subject_of_many="Varias direcciones de redirección han terminado",
            intro="Estas direcciones de redirección, de las que usted se ocupa, han terminado.",
            item=(
                "{address}\nÚltimo día: {last_day}\nLos mensajes iban a: {destinations}\n"
                "La dirección: {address_url}"
            ),
            outro="Desde entonces se rechaza a los remitentes. Para continuar, dele otro último "
            "día.",
        ),
    },
    "pt": {
        _CHANGED: Wording(
            subject="Alguém alterou o endereço de reencaminhamento {address}",
            subject_of_many="Alguém alterou endereços de reencaminhamento seus",
            intro="Decide, ou decidia, para onde levam endereços de reencaminhamento. Outra pessoa "
            "fez isto:",
            item=(
                "{address}\n{day}: {action}\nPor: {who}\nAs mensagens vão para: {destinations}\n"
                "Último dia: {last_day}\nTicket: {ticket}\nMotivo: {reason}"
            ),
            outro="Se tiver perguntas, dirija-se ao seu apoio informático. Os seus endereços estão "
            "em {url}/addresses.",
        ),
        _REMINDER: Wording(
            subject="O endereço de reencaminhamento {address} termina em {last_day}",
            subject_of_many="Vários endereços de reencaminhamento terminam em breve",
            intro="Estes endereços de reencaminhamento, de que cuida, terminam em breve.",
            item=(
                "{address}\nÚltimo dia: {last_day}\nAs mensagens vão para: {destinations}\n"
                "Para o prolongar: {address_url}"
            ),
            outro="Para deixar um terminar, não faça nada: depois do último dia, os remetentes são "
            "recusados.",
        ),
        _ENDED: Wording(
            subject="O endereço de reencaminhamento {address} terminou",
            subject_of_many="Vários endereços de reencaminhamento terminaram",
            intro="Estes endereços de reencaminhamento, de que cuida, terminaram.",
            item=(
                "{address}\nÚltimo dia: {last_day}\nAs mensagens iam para: {destinations}\n"
                "O endereço: {address_url}"
            ),
            outro="Desde então, os remetentes são recusados. Para continuar, dê-lhe outro último "
            "dia.",
        ),
    },
}

_ACTS = ("set", "pause", "resume", "delete", "undo", "given", "taken")
_WORDS = {
    "en": (
        "it was changed",
        "it was paused",
        "it was resumed",
        "it was deleted",
        "the last change was taken back",
        "it was given to you",
        "it is not yours any more",
    ),
    "de": (
        "Sie wurde geändert",
        "Sie wurde angehalten",
        "Sie wurde fortgesetzt",
        "Sie wurde gelöscht",
        "Die letzte Änderung wurde zurückgenommen",
        "Sie wurde Ihnen gegeben",
        "Sie gehört Ihnen nicht mehr",
    ),
    "fr": (
        "elle a été modifiée",
        "elle a été suspendue",
        "elle a repris",
        "elle a été supprimée",
        "la dernière modification a été annulée",
        "elle vous a été confiée",
        "elle n'est plus à vous",
    ),
    "it": (
        "è stato modificato",
        "è stato sospeso",
        "è ripreso",
        "è stato eliminato",
        "l'ultima modifica è stata annullata",
        "Le è stato affidato",
        "non è più Suo",
    ),
    "es": (
        "se ha cambiado",
        "se ha pausado",
        "se ha reanudado",
        "se ha eliminado",
        "se ha deshecho el último cambio",
        "se le ha asignado",
        "ya no es suya",
    ),
    "pt": (
        "foi alterado",
        "foi suspenso",
        "foi retomado",
        "foi eliminado",
        "a última alteração foi desfeita",
        "foi-lhe atribuído",
        "já não é seu",
    ),
}
ADDRESS_ACTIONS: Mapping[str, Mapping[str, str]] = {
    language: {f"address.{act}": words for act, words in zip(_ACTS, said, strict=True)}
    for language, said in _WORDS.items()
}
