"""The texts of the notices about cases in French and Spanish."""

from collections.abc import Mapping

from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

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
    NoticeKind.LAPSED: Wording(
        subject="Personne n'a approuvé le dossier de {leaver}",
        subject_of_many="Personne n'a approuvé plusieurs dossiers",
        intro=(
            "Personne n'a approuvé à temps ces dossiers, que vous avez demandés. Rien n'a été "
            "écrit."
        ),
        item=(
            "{leaver} ({mailbox})\nLe courrier serait allé à : {destinations}\nTicket : "
            "{ticket}\nLe dossier : {case_url}"
        ),
        outro="Si un dossier reste nécessaire, demandez-le à nouveau.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="Le dossier de {leaver} a été refusé",
        subject_of_many="Plusieurs dossiers ont été refusés",
        intro=(
            "Ces dossiers, que vous avez demandés, ont été refusés ou retirés. Rien n'a été écrit."
        ),
        item=(
            "{leaver} ({mailbox})\nLe courrier serait allé à : {destinations}\nPar : {who}\n"
            "Raison : {problem}\nTicket : {ticket}\nLe dossier : {case_url}"
        ),
        outro=(
            "Si un dossier reste nécessaire, parlez-en avec cette personne et demandez-le à "
            "nouveau."
        ),
    ),
    NoticeKind.LOST: Wording(
        subject="La boîte de {leaver} n'est plus lisible",
        subject_of_many="Plusieurs boîtes ne sont plus lisibles",
        intro=(
            "Les dossiers que vous avez ouverts pour ces boîtes courent encore, mais lors "
            "du dernier parcours de toutes les boîtes, le serveur de messagerie n'y a "
            "laissé entrer personne, ou elles n'étaient plus dans l'annuaire."
        ),
        item=(
            "{leaver} ({mailbox})\nDernier jour : {last_day}\nTicket : {ticket}\nLe "
            "dossier : {case_url}"
        ),
        outro=(
            "Une boîte supprimée ne transmet aucun message. La page du dossier montre ce qui aide."
        ),
    ),
}
ES: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Alguien ha cambiado algo en su buzón",
        subject_of_many="Alguien ha cambiado algo varias veces en su buzón",
        intro="Otra persona ha hecho cambios en su buzón {mailbox}.",
        item=(
            "{day}: {action}\nPor: {who}\nLos mensajes van a: {destinations}\nHasta el: "
            "{last_day}\nTicket: {ticket}\nMotivo: {reason}"
        ),
        outro=(
            "Si tiene preguntas, diríjase a su servicio de asistencia. Todo lo que se ha hecho "
            "se ve en {url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="Ahora recibe los mensajes de {leaver}",
        subject_of_many="Ahora recibe los mensajes de varias personas",
        intro="A partir de ahora recibe mensajes que no van dirigidos a usted.",
        item=(
            "Los mensajes para {leaver} ({mailbox}) se reenvían a {destination}.\nHasta el: "
            "{last_day}\nConfigurado por: {who}\nSi no lo desea, dígalo aquí: {link}"
        ),
        outro=(
            "El enlace avisa al servicio de asistencia; por sí solo no cambia nada. Es válido "
            "durante {link_days} días."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="El caso de {leaver} termina el {last_day}",
        subject_of_many="Varios casos terminan pronto",
        intro="Usted abrió estos casos para personas que se han ido. Terminan pronto.",
        item=(
            "{leaver} ({mailbox})\nÚltimo día: {last_day}\nLos mensajes van a: {destinations}\n"
            "Ticket: {ticket}\nPara prolongarlo: {case_url}/change"
        ),
        outro="Para dejar que un caso termine no haga nada: termina por sí solo el último día.",
    ),
    NoticeKind.ENDED: Wording(
        subject="El caso de {leaver} ha terminado",
        subject_of_many="Varios casos han terminado",
        intro="Estos casos, que usted abrió, han terminado. Lo que habían añadido se ha quitado.",
        item=(
            "{leaver} ({mailbox})\nÚltimo día: {last_day}\nTicket: {ticket}\nNota: {problem}\nEl "
            "caso: {case_url}"
        ),
        outro="No tiene que hacer nada.",
    ),
    NoticeKind.FAILED: Wording(
        subject="No se pudo limpiar el caso de {leaver}",
        subject_of_many="No se pudieron limpiar varios casos",
        intro=(
            "Estos casos, que usted abrió, han acabado, pero lo que habían añadido no se pudo "
            "quitar."
        ),
        item=(
            "{leaver} ({mailbox})\nÚltimo día: {last_day}\nTicket: {ticket}\nQué ha ocurrido: "
            "{problem}\nEl caso: {case_url}"
        ),
        outro="Se vuelve a intentar con regularidad. La página del caso muestra qué ayuda.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} no quiere los mensajes de {leaver}",
        subject_of_many="Alguien no quiere los mensajes reenviados",
        intro=(
            "Alguien a quien un caso abierto por usted reenvía mensajes no los quiere. No se ha "
            "cambiado nada."
        ),
        item=(
            "{destination} no quiere los mensajes para {leaver} ({mailbox}).\nTicket: {ticket}\n"
            "El caso: {case_url}"
        ),
        outro="Hable con esa persona y cambie o termine el caso.",
    ),
    NoticeKind.LAPSED: Wording(
        subject="Nadie aprobó el caso de {leaver}",
        subject_of_many="Nadie aprobó varios casos",
        intro="Nadie aprobó a tiempo estos casos, que usted solicitó. No se ha escrito nada.",
        item=(
            "{leaver} ({mailbox})\nEl correo habría ido a: {destinations}\nTicket: {ticket}\nEl "
            "caso: {case_url}"
        ),
        outro="Si un caso sigue siendo necesario, solicítelo de nuevo.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="El caso de {leaver} se ha rechazado",
        subject_of_many="Se han rechazado varios casos",
        intro="Alguien rechazó o retiró estos casos, que usted solicitó. No se ha escrito nada.",
        item=(
            "{leaver} ({mailbox})\nEl correo habría ido a: {destinations}\nPor: {who}\nMotivo: "
            "{problem}\nTicket: {ticket}\nEl caso: {case_url}"
        ),
        outro=("Si un caso sigue siendo necesario, hable con esa persona y solicítelo de nuevo."),
    ),
    NoticeKind.LOST: Wording(
        subject="El buzón de {leaver} ya no se puede leer",
        subject_of_many="Varios buzones ya no se pueden leer",
        intro=(
            "Los casos que usted abrió para estos buzones siguen en curso, pero en la "
            "última revisión de todos los buzones el servidor de correo no dejó entrar a "
            "nadie, o ya no estaban en el directorio."
        ),
        item=(
            "{leaver} ({mailbox})\nÚltimo día: {last_day}\nTicket: {ticket}\nEl caso: {case_url}"
        ),
        outro=(
            "Un buzón eliminado no reenvía ningún mensaje. La página del caso muestra qué ayuda."
        ),
    ),
}
