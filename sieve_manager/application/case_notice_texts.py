"""The texts of the notices about cases: the form of each, and all languages together."""

from collections.abc import Mapping

from sieve_manager.application.address_notice_texts import ADDRESS_TEXTS
from sieve_manager.application.case_notice_texts_de_en import DE, EN
from sieve_manager.application.case_notice_texts_ending import ENDINGS
from sieve_manager.application.case_notice_texts_es_fr import ES, FR
from sieve_manager.application.case_notice_texts_it_pt import IT, PT
from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

TEXTS: Mapping[str, Mapping[NoticeKind, Wording]] = {
    "en": {**EN, **ENDINGS["en"], **ADDRESS_TEXTS["en"]},
    "de": {**DE, **ENDINGS["de"], **ADDRESS_TEXTS["de"]},
    "fr": {**FR, **ENDINGS["fr"], **ADDRESS_TEXTS["fr"]},
    "it": {**IT, **ENDINGS["it"], **ADDRESS_TEXTS["it"]},
    "es": {**ES, **ENDINGS["es"], **ADDRESS_TEXTS["es"]},
    "pt": {**PT, **ENDINGS["pt"], **ADDRESS_TEXTS["pt"]},
}

ACTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "case.begin": "the mailbox was handed over",
        "case.change": "the handover was changed",
        "case.end": "the handover was ended",
        "forward.set": "a forward was set",
        "forward.clear": "the forward was switched off",
        "forward.pause": "the forward was paused",
        "forward.resume": "the forward was resumed",
    },
    "de": {
        "case.begin": "Das Postfach wurde übergeben",
        "case.change": "Die Übergabe wurde geändert",
        "case.end": "Die Übergabe wurde beendet",
        "forward.set": "Eine Weiterleitung wurde eingerichtet",
        "forward.clear": "Die Weiterleitung wurde ausgeschaltet",
        "forward.pause": "Die Weiterleitung wurde angehalten",
        "forward.resume": "Die Weiterleitung wurde fortgesetzt",
    },
    "fr": {
        "case.begin": "la boîte aux lettres a été confiée à quelqu'un",
        "case.change": "la reprise a été modifiée",
        "case.end": "la reprise a pris fin",
        "forward.set": "un transfert a été mis en place",
        "forward.clear": "le transfert a été désactivé",
        "forward.pause": "le transfert a été suspendu",
        "forward.resume": "le transfert a repris",
    },
    "it": {
        "case.begin": "la casella è stata affidata ad altri",
        "case.change": "il passaggio è stato modificato",
        "case.end": "il passaggio è terminato",
        "forward.set": "è stato impostato un inoltro",
        "forward.clear": "l'inoltro è stato disattivato",
        "forward.pause": "l'inoltro è stato sospeso",
        "forward.resume": "l'inoltro è ripreso",
    },
    "es": {
        "case.begin": "el buzón se ha traspasado",
        "case.change": "el traspaso se ha modificado",
        "case.end": "el traspaso ha terminado",
        "forward.set": "se ha configurado un reenvío",
        "forward.clear": "el reenvío se ha desactivado",
        "forward.pause": "el reenvío se ha pausado",
        "forward.resume": "el reenvío se ha reanudado",
    },
    "pt": {
        "case.begin": "a caixa de correio foi entregue a outra pessoa",
        "case.change": "a entrega foi alterada",
        "case.end": "a entrega terminou",
        "forward.set": "foi configurado um reencaminhamento",
        "forward.clear": "o reencaminhamento foi desligado",
        "forward.pause": "o reencaminhamento foi suspenso",
        "forward.resume": "o reencaminhamento foi retomado",
    },
}
ANYTHING: Mapping[str, str] = {
    "en": "your filters were changed",
    "de": "Ihre Filter wurden geändert",
    "fr": "vos filtres ont été modifiés",
    "it": "i Suoi filtri sono stati modificati",
    "es": "sus filtros se han modificado",
    "pt": "os seus filtros foram alterados",
}
BY_ITSELF: Mapping[str, str] = {
    "en": "the program, as agreed beforehand",
    "de": "das Programm, wie zuvor vereinbart",
    "fr": "le programme, comme convenu",
    "it": "il programma, come convenuto",
    "es": "el programa, según lo acordado",
    "pt": "o programa, como combinado",
}
HELPDESK: Mapping[str, str] = {
    "en": "helpdesk ({name})",
    "de": "Helpdesk ({name})",
    "fr": "l'assistance ({name})",
    "it": "assistenza ({name})",
    "es": "servicio de asistencia ({name})",
    "pt": "apoio informático ({name})",
}
