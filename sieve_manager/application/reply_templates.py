"""What senders are told, in their language: texts with blanks for names and dates."""

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sieve_manager.domain.handover import Reply
from sieve_manager.errors import InvalidInputError, SettingsError

DayWords = Callable[[date, str], str]
"""A day as people write it in a language, such as "31 January 2027"."""

FACTS = ("name", "successors", "addresses", "last_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """Subject and text with ``{name}``, ``{successors}``, ``{addresses}`` and ``{last_day}``.

    A line with a blank that nothing fills is left out, as where there is no last day.
    """

    subject: str
    text: str

    def filled(self, facts: Mapping[str, str]) -> "ReplyTemplate":
        """Fill in the blanks; what is filled in is never looked through for blanks itself.

        Raises:
            InvalidInputError: a blank that is not one of :data:`FACTS`, or a lone bracket.
        """
        return ReplyTemplate(
            subject=" ".join((_fill(self.subject, facts, "reply_subject") or "").split()),
            text="\n".join(
                filled
                for line in self.text.splitlines()
                if (filled := _fill(line, facts, "reply_text")) is not None
            ),
        )


TEMPLATES: Mapping[str, ReplyTemplate] = {
    "en": ReplyTemplate(
        subject="{name} has left",
        text="Good day\n\n{name} no longer works here. Your message has been passed on to "
        "{successors}.\nPlease write to {addresses} from now on.\n"
        "Messages to this address are passed on until {last_day}.\n\n"
        "This is an automatic reply.",
    ),
    "de": ReplyTemplate(
        subject="{name} ist nicht mehr hier tätig",
        text="Guten Tag\n\n{name} ist nicht mehr bei uns tätig. Ihre Nachricht wurde an "
        "{successors} weitergeleitet.\nBitte schreiben Sie künftig an {addresses}.\n"
        "Nachrichten an diese Adresse werden bis {last_day} weitergeleitet.\n\n"
        "Dies ist eine automatische Antwort.",
    ),
    "fr": ReplyTemplate(
        subject="{name} a quitté notre organisation",
        text="Bonjour,\n\n{name} ne travaille plus ici. Votre message a été transmis à "
        "{successors}.\nVeuillez écrire désormais à {addresses}.\n"
        "Les messages envoyés à cette adresse sont transmis jusqu'au {last_day}.\n\n"
        "Ceci est une réponse automatique.",
    ),
    "it": ReplyTemplate(
        subject="{name} non lavora più qui",
        text="Buongiorno,\n\n{name} non lavora più presso di noi. Il Suo messaggio è stato "
        "inoltrato a {successors}.\nLa preghiamo di scrivere d'ora in poi a {addresses}.\n"
        "I messaggi a questo indirizzo vengono inoltrati fino al {last_day}.\n\n"
        "Questa è una risposta automatica.",
    ),
    "es": ReplyTemplate(
        subject="{name} ya no trabaja aquí",
        text="Buenos días:\n\n{name} ya no trabaja con nosotros. Su mensaje se ha reenviado a "
        "{successors}.\nA partir de ahora, escriba a {addresses}.\n"
        "Los mensajes a esta dirección se reenvían hasta el {last_day}.\n\n"
        "Esta es una respuesta automática.",
    ),
    "pt": ReplyTemplate(
        subject="{name} já não trabalha aqui",
        text="Bom dia,\n\n{name} já não trabalha connosco. A sua mensagem foi reencaminhada "
        "para {successors}.\nDaqui em diante, escreva para {addresses}.\n"
        "As mensagens para este endereço são reencaminhadas até {last_day}.\n\n"
        "Esta é uma resposta automática.",
    ),
}


_PARTS = {"subject", "text"}
_SAMPLE = dict.fromkeys(FACTS, "x")


def own_templates(values: Mapping[str, object], source: str) -> Mapping[str, ReplyTemplate]:
    """All templates, those of *values* in the place of ours: ``{"de": {"subject", "text"}}``.

    Each is filled in with samples, with and without a last day, so that none fails later.

    Raises:
        SettingsError: one cannot be filled in or sent; names *source*, the language and why.
    """
    own = {language: _own(language, one, source) for language, one in values.items()}
    return {**TEMPLATES, **own}


def _own(language: str, value: object, source: str) -> ReplyTemplate:
    if language not in TEMPLATES:
        known = ", ".join(TEMPLATES)
        raise _wrong(source, language, f"is not one of the languages; there are: {known}")
    if not isinstance(value, Mapping) or set(value) != _PARTS:
        raise _wrong(source, language, "needs a “subject” and a “text”, and nothing else")
    subject, text = value["subject"], value["text"]
    if not (isinstance(subject, str) and isinstance(text, str)):
        raise _wrong(source, language, "“subject” and “text” are texts in quotation marks")
    template = ReplyTemplate(subject=subject, text=text)
    try:
        for facts in (_SAMPLE, {**_SAMPLE, "last_day": ""}):
            filled = template.filled(facts)
            Reply(text=filled.text, subject=filled.subject)
    except InvalidInputError as error:
        part = error.where.removeprefix("reply_")
        raise _wrong(source, language, f"{part}: {error}") from error
    return template


def _wrong(source: str, language: str, says: str) -> SettingsError:
    return SettingsError("cases.reply_file", f"{source}, [{language}] {says}")


def facts_of(
    name: str, successors: Sequence[tuple[str, str]], last_day: date | None, day: str
) -> Mapping[str, str]:
    """What fills the blanks; *successors* are pairs of a name, or "", and an address."""
    return {
        "name": name,
        "successors": ", ".join(called or address for called, address in successors),
        "addresses": ", ".join(address for _, address in successors),
        "last_day": day if last_day else "",
    }


def _fill(text: str, facts: Mapping[str, str], where: str) -> str | None:
    """One line with its blanks filled in; None where one stays empty."""
    parts = []
    try:
        for literal, blank, form, conversion in string.Formatter().parse(text):
            parts.append(literal)
            if blank is None:
                continue
            if blank not in FACTS or form or conversion:
                raise _no_blank(blank, where)
            if not facts.get(blank):
                return None
            parts.append(facts[blank])
    except ValueError as error:
        raise _no_blank("{", where) from error
    return "".join(parts)


def _no_blank(blank: str, where: str) -> InvalidInputError:
    return InvalidInputError(
        "“{blank}” cannot be filled in. There are: {known}.",
        where=where,
        code="reply-blank",
        blank=blank,
        known=", ".join(f"{{{name}}}" for name in FACTS),
    )
