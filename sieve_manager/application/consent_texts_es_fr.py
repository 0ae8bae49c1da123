"""The texts of the mails about consent in Spanish and French."""

from collections.abc import Mapping

from sieve_manager.application.consent_wording import Letter, Said

ES: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="¿Puede reenviársele a usted el correo de {source}?",
        text=(
            "El correo que llega a {source} debe reenviarse a {receiver}.\n"
            "Lo ha configurado {owner}.\n"
            "Sin su consentimiento no se reenvía nada.\n\n"
            "Para aceptar o rechazar: {link}\n\n"
            "El enlace sirve una sola vez, hasta el {day}. Si no hace nada, no se reenvía nada."
        ),
    ),
    Said.THANKS: Letter(
        subject="Ha aceptado recibir el correo de {source}",
        text=(
            "Ha aceptado que el correo de {source} se reenvíe a {receiver}.\n\n"
            "No enviármelo más: {link}\n\n"
            "Conserve este mensaje: el enlace vale mientras reciba ese correo."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} ha aceptado",
        text=(
            "{receiver} ha aceptado recibir el correo de {source}. A partir de ahora le "
            "llega.\n\nLo que vale ahora: {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} no acepta",
        text=(
            "{receiver} no acepta recibir el correo de {source}. No le llega nada.\n\n"
            "Lo que vale ahora: {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} ya no quiere el correo",
        text=(
            "{receiver} ya no quiere recibir el correo de {source} y se ha quitado del "
            "reenvío.\n\nLo que vale ahora: {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} no quiere el correo: quite esa dirección",
        text=(
            "{receiver} no quiere recibir el correo de {source}, pero le sigue llegando por una "
            "regla que otro programa ha creado o cambiado y que aquí no se toca. Quite "
            "{receiver} de esa regla, por favor.\n\nLo que vale ahora: {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} ha aceptado, pero no se ha podido guardar el reenvío",
        text=(
            "{receiver} ha aceptado recibir el correo de {source}, pero no se ha podido "
            "guardar el reenvío:\n{reason}\n\n"
            "Abra la página y guarde de nuevo el reenvío: {url}"
        ),
    ),
}

FR: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="Le courrier pour {source} peut-il vous être transmis ?",
        text=(
            "Le courrier qui arrive pour {source} doit être transmis à {receiver}.\n"
            "Demandé par {owner}.\n"
            "Rien n'est transmis sans votre accord.\n\n"
            "Pour accepter ou refuser : {link}\n\n"
            "Le lien sert une seule fois, jusqu'au {day}. Si vous ne faites rien, rien n'est "
            "transmis."
        ),
    ),
    Said.THANKS: Letter(
        subject="Vous avez accepté de recevoir le courrier pour {source}",
        text=(
            "Vous avez accepté que le courrier pour {source} soit transmis à {receiver}.\n\n"
            "Ne plus me l'envoyer : {link}\n\n"
            "Conservez ce message : le lien reste valable tant que vous recevez ce courrier."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} a accepté",
        text=(
            "{receiver} a accepté de recevoir le courrier pour {source}. Il y va désormais.\n\n"
            "Ce qui est en place : {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} n'accepte pas",
        text=(
            "{receiver} n'accepte pas de recevoir le courrier pour {source}. Rien n'y va.\n\n"
            "Ce qui est en place : {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} ne souhaite plus ce courrier",
        text=(
            "{receiver} ne souhaite plus recevoir le courrier pour {source} et a été retiré "
            "de la redirection.\n\nCe qui est en place : {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} ne souhaite pas ce courrier : adresse à retirer",
        text=(
            "{receiver} ne souhaite pas recevoir le courrier pour {source}, mais le reçoit "
            "toujours par une règle qu'un autre programme a créée ou modifiée et à laquelle on "
            "ne touche pas ici. Veuillez retirer {receiver} de cette règle.\n\n"
            "Ce qui est en place : {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} a accepté, mais la redirection n'a pas pu être enregistrée",
        text=(
            "{receiver} a accepté de recevoir le courrier pour {source}, mais la redirection "
            "n'a pas pu être enregistrée :\n{reason}\n\n"
            "Ouvrez la page et enregistrez à nouveau la redirection : {url}"
        ),
    ),
}
