"""The texts of the mails about consent in English and German."""

from collections.abc import Mapping

from sieve_manager.application.consent_wording import Letter, Said

EN: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="May mail for {source} be passed on to you?",
        text=(
            "Mail that arrives for {source} is to be passed on to {receiver}.\n"
            "It was set up by {owner}.\n"
            "Nothing is passed on unless you agree.\n\n"
            "To agree or to refuse: {link}\n\n"
            "The link can be used once, until {day}. If you do nothing, nothing is passed on."
        ),
    ),
    Said.THANKS: Letter(
        subject="You have agreed to receive mail for {source}",
        text=(
            "You have agreed that mail for {source} is passed on to {receiver}.\n\n"
            "Stop sending me this: {link}\n\n"
            "Keep this mail: the link stays good for as long as you get the mail."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} has agreed",
        text=(
            "{receiver} has agreed to receive mail for {source}. It goes there from now on.\n\n"
            "What is set now: {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} does not agree",
        text=(
            "{receiver} does not agree to receive mail for {source}. Nothing goes there.\n\n"
            "What is set now: {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} does not want the mail any more",
        text=(
            "{receiver} does not want mail for {source} any more and was taken out of the "
            "forward.\n\nWhat is set now: {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} does not want the mail: please take them out",
        text=(
            "{receiver} does not want mail for {source}, but it still goes there, by a rule that "
            "another program has made or changed, and that is not touched here. Please take "
            "{receiver} out of it.\n\nWhat is set now: {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} has agreed, but the forward could not be set",
        text=(
            "{receiver} has agreed to receive mail for {source}, but the forward could not be "
            "set:\n{reason}\n\nOpen the page and save the forward anew: {url}"
        ),
    ),
}

DE: Mapping[Said, Letter] = {
    Said.QUESTION: Letter(
        subject="Darf Mail für {source} an Sie weitergeleitet werden?",
        text=(
            "Mail, die für {source} ankommt, soll an {receiver} weitergeleitet werden.\n"
            "Eingerichtet hat das {owner}.\n"
            "Ohne Ihre Zustimmung wird nichts weitergeleitet.\n\n"
            "Zustimmen oder ablehnen: {link}\n\n"
            "Der Link gilt einmal, bis {day}. Wenn Sie nichts tun, wird nichts weitergeleitet."
        ),
    ),
    Said.THANKS: Letter(
        subject="Sie haben zugestimmt, Mail für {source} zu erhalten",
        text=(
            "Sie haben zugestimmt, dass Mail für {source} an {receiver} weitergeleitet "
            "wird.\n\nNicht mehr an mich senden: {link}\n\n"
            "Bewahren Sie diese Mail auf: Der Link gilt, solange Sie die Mail erhalten."
        ),
    ),
    Said.AGREED: Letter(
        subject="{receiver} hat zugestimmt",
        text=(
            "{receiver} hat zugestimmt, Mail für {source} zu erhalten. Sie geht ab jetzt "
            "dorthin.\n\nWas jetzt gilt: {url}"
        ),
    ),
    Said.REFUSED: Letter(
        subject="{receiver} stimmt nicht zu",
        text=(
            "{receiver} stimmt nicht zu, Mail für {source} zu erhalten. Dorthin geht "
            "nichts.\n\nWas jetzt gilt: {url}"
        ),
    ),
    Said.WITHDRAWN: Letter(
        subject="{receiver} möchte die Mail nicht mehr",
        text=(
            "{receiver} möchte Mail für {source} nicht mehr erhalten und wurde aus der "
            "Weiterleitung genommen.\n\nWas jetzt gilt: {url}"
        ),
    ),
    Said.STAYS: Letter(
        subject="{receiver} möchte die Mail nicht: bitte herausnehmen",
        text=(
            "{receiver} möchte Mail für {source} nicht erhalten, aber sie geht weiterhin dorthin: "
            "durch eine Regel, die ein anderes Programm angelegt oder geändert hat und die hier "
            "nicht angetastet wird. Bitte nehmen Sie {receiver} dort heraus.\n\n"
            "Was jetzt gilt: {url}"
        ),
    ),
    Said.NOT_SET: Letter(
        subject="{receiver} hat zugestimmt, aber die Weiterleitung ließ sich nicht setzen",
        text=(
            "{receiver} hat zugestimmt, Mail für {source} zu erhalten, aber die Weiterleitung "
            "ließ sich nicht setzen:\n{reason}\n\n"
            "Öffnen Sie die Seite und speichern Sie die Weiterleitung neu: {url}"
        ),
    ),
}
