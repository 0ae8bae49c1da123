"""What the mail about new ways out says, in its languages, with blanks as ``{count}``."""

from collections.abc import Mapping
from dataclasses import dataclass

from sieve_manager.application.register import SetBy


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWording:
    """*subject_of_many* and *more* hold ``{count}``; *set_by* may hold ``{program}``."""

    subject: str
    subject_of_many: str
    intro: str
    computed: str
    unreadable: str
    more: str
    set_by: Mapping[SetBy, str]


NEWS: Mapping[str, NewsWording] = {
    "en": NewsWording(
        subject="1 new forward to the outside",
        subject_of_many="{count} new forwards to the outside",
        intro=(
            "These forwards were not there at the sweep of the register before. If nobody at "
            "these\nmailboxes knows of them, somebody else may have set them: change the "
            "passwords, take\nthe forwards out, and look at what went out."
        ),
        computed="an address that is worked out for each message",
        unreadable="a script that cannot be read to its end",
        more="... and {count} more; the page of the register has all.",
        set_by={
            SetBy.OWNER: "set by the owner",
            SetBy.HELPDESK: "set by the helpdesk",
            SetBy.PROGRAM: "set with {program}",
            SetBy.UNKNOWN: "it is not known by whom",
        },
    ),
    "de": NewsWording(
        subject="1 neue Weiterleitung nach außen",
        subject_of_many="{count} neue Weiterleitungen nach außen",
        intro=(
            "Diese Weiterleitungen gab es bei der vorigen Durchsicht der Postfächer noch nicht. "
            "Weiß\nbei diesen Postfächern niemand davon, hat sie vielleicht jemand anderes "
            "eingerichtet:\nÄndern Sie die Passwörter, entfernen Sie die Weiterleitungen und "
            "prüfen Sie, was hinausging."
        ),
        computed="eine Adresse, die sich bei jeder Nachricht neu ergibt",
        unreadable="ein Skript, das sich nicht bis zum Ende lesen lässt",
        more="... und {count} weitere; die Seite des Verzeichnisses zeigt alle.",
        set_by={
            SetBy.OWNER: "von der Inhaberin oder dem Inhaber eingerichtet",
            SetBy.HELPDESK: "vom Helpdesk eingerichtet",
            SetBy.PROGRAM: "mit {program} eingerichtet",
            SetBy.UNKNOWN: "von wem, ist nicht bekannt",
        },
    ),
    "fr": NewsWording(
        subject="1 nouveau transfert vers l'extérieur",
        subject_of_many="{count} nouveaux transferts vers l'extérieur",
        intro=(
            "Ces transferts n'existaient pas lors du parcours précédent des boîtes. Si personne "
            "dans\nces boîtes n'en a connaissance, quelqu'un d'autre les a peut-être mis en "
            "place : changez\nles mots de passe, retirez les transferts et vérifiez ce qui est "
            "sorti."
        ),
        computed="une adresse déterminée pour chaque message",
        unreadable="un script qui ne peut pas être lu jusqu'au bout",
        more="... et {count} de plus ; la page du registre les montre tous.",
        set_by={
            SetBy.OWNER: "mis en place par le titulaire",
            SetBy.HELPDESK: "mis en place par l'assistance",
            SetBy.PROGRAM: "mis en place avec {program}",
            SetBy.UNKNOWN: "on ne sait pas par qui",
        },
    ),
    "it": NewsWording(
        subject="1 nuovo inoltro verso l'esterno",
        subject_of_many="{count} nuovi inoltri verso l'esterno",
        intro=(
            "Questi inoltri non c'erano all'esame precedente delle caselle. Se nessuno in "
            "queste\ncaselle ne sa qualcosa, forse li ha impostati qualcun altro: cambi le "
            "password, tolga\ngli inoltri e verifichi che cosa è uscito."
        ),
        computed="un indirizzo determinato per ogni messaggio",
        unreadable="uno script che non si può leggere fino alla fine",
        more="... e altri {count}; la pagina del registro li mostra tutti.",
        set_by={
            SetBy.OWNER: "impostato dal titolare",
            SetBy.HELPDESK: "impostato dall'assistenza",
            SetBy.PROGRAM: "impostato con {program}",
            SetBy.UNKNOWN: "non si sa da chi",
        },
    ),
    "es": NewsWording(
        subject="1 nuevo reenvío al exterior",
        subject_of_many="{count} nuevos reenvíos al exterior",
        intro=(
            "Estos reenvíos no estaban en la revisión anterior de los buzones. Si nadie en estos "
            "buzones\nsabe de ellos, quizá los configuró otra persona: cambie las contraseñas, "
            "quite los\nreenvíos y compruebe qué ha salido."
        ),
        computed="una dirección que se determina para cada mensaje",
        unreadable="un script que no se puede leer hasta el final",
        more="... y {count} más; la página del registro los muestra todos.",
        set_by={
            SetBy.OWNER: "configurado por el titular",
            SetBy.HELPDESK: "configurado por el servicio de asistencia",
            SetBy.PROGRAM: "configurado con {program}",
            SetBy.UNKNOWN: "no se sabe por quién",
        },
    ),
    "pt": NewsWording(
        subject="1 novo reencaminhamento para o exterior",
        subject_of_many="{count} novos reencaminhamentos para o exterior",
        intro=(
            "Estes reencaminhamentos não existiam na passagem anterior pelas caixas. Se ninguém "
            "nestas\ncaixas souber deles, outra pessoa pode tê-los configurado: altere as "
            "palavras-passe,\nretire os reencaminhamentos e verifique o que saiu."
        ),
        computed="um endereço determinado para cada mensagem",
        unreadable="um script que não se consegue ler até ao fim",
        more="... e mais {count}; a página do registo mostra-os todos.",
        set_by={
            SetBy.OWNER: "configurado pelo titular",
            SetBy.HELPDESK: "configurado pelo apoio informático",
            SetBy.PROGRAM: "configurado com {program}",
            SetBy.UNKNOWN: "não se sabe por quem",
        },
    ),
}
