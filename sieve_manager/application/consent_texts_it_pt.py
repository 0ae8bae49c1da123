"""The texts of the mails about consent in Italian and Portuguese."""

from collections.abc import Mapping

from sieve_manager.application.consent_wording import Letter, Said

IT: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="La posta per {source} può essere inoltrata a Lei?",
        text=(
            "La posta che arriva per {source} deve essere inoltrata a {receiver}.\n"
            "Lo ha impostato {owner}.\n"
            "Senza il Suo consenso non viene inoltrato nulla.\n\n"
            "Per acconsentire o rifiutare: {link}\n\n"
            "Il link vale una sola volta, fino al {day}. Se non fa nulla, non viene inoltrato "
            "nulla."
        ),
    ),
    Said.THANKS: Letter(
        subject="Ha acconsentito a ricevere la posta per {source}",
        text=(
            "Ha acconsentito che la posta per {source} sia inoltrata a {receiver}.\n\n"
            "Non inviarmela più: {link}\n\n"
            "Conservi questo messaggio: il link vale finché riceve questa posta."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} ha acconsentito",
        text=(
            "{receiver} ha acconsentito a ricevere la posta per {source}. D'ora in poi vi "
            "arriva.\n\nCosa vale ora: {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} non acconsente",
        text=(
            "{receiver} non acconsente a ricevere la posta per {source}. Non vi arriva "
            "nulla.\n\nCosa vale ora: {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} non desidera più la posta",
        text=(
            "{receiver} non desidera più ricevere la posta per {source} ed è stato tolto "
            "dall'inoltro.\n\nCosa vale ora: {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} non desidera la posta: indirizzo da togliere",
        text=(
            "{receiver} non desidera ricevere la posta per {source}, ma continua a riceverla per "
            "una regola che un altro programma ha creato o modificato e che qui non si tocca. "
            "La preghiamo di togliere {receiver} da quella regola.\n\nCosa vale ora: {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} ha acconsentito, ma l'inoltro non si è potuto impostare",
        text=(
            "{receiver} ha acconsentito a ricevere la posta per {source}, ma l'inoltro non si "
            "è potuto impostare:\n{reason}\n\nApra la pagina e salvi di nuovo l'inoltro: {url}"
        ),
    ),
}

PT: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="O correio de {source} pode ser-lhe reencaminhado?",
        text=(
            "O correio que chega para {source} deve ser reencaminhado para {receiver}.\n"
            "Configurado por {owner}.\n"
            "Sem o seu acordo, nada é reencaminhado.\n\n"
            "Para concordar ou recusar: {link}\n\n"
            "A ligação serve uma só vez, até {day}. Se não fizer nada, nada é reencaminhado."
        ),
    ),
    Said.THANKS: Letter(
        subject="Concordou em receber o correio de {source}",
        text=(
            "Concordou que o correio de {source} seja reencaminhado para {receiver}.\n\n"
            "Não me enviar mais: {link}\n\n"
            "Guarde esta mensagem: a ligação é válida enquanto receber esse correio."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} concordou",
        text=(
            "{receiver} concordou em receber o correio de {source}. A partir de agora, vai "
            "para lá.\n\nO que vale agora: {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} não concorda",
        text=(
            "{receiver} não concorda em receber o correio de {source}. Nada vai para lá.\n\n"
            "O que vale agora: {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} já não quer o correio",
        text=(
            "{receiver} já não quer receber o correio de {source} e foi retirado do "
            "reencaminhamento.\n\nO que vale agora: {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} não quer o correio: retire esse endereço",
        text=(
            "{receiver} não quer receber o correio de {source}, mas continua a recebê-lo por uma "
            "regra que outro programa criou ou alterou e em que aqui não se mexe. Retire "
            "{receiver} dessa regra, por favor.\n\nO que vale agora: {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} concordou, mas o reencaminhamento não pôde ser guardado",
        text=(
            "{receiver} concordou em receber o correio de {source}, mas o reencaminhamento "
            "não pôde ser guardado:\n{reason}\n\n"
            "Abra a página e guarde de novo o reencaminhamento: {url}"
        ),
    ),
}
