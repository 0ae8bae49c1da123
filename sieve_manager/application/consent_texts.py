"""The texts of the mails about consent, all languages together."""

from collections.abc import Mapping

from sieve_manager.application.consent_texts_de_en import DE, EN
from sieve_manager.application.consent_texts_es_fr import ES, FR
from sieve_manager.application.consent_texts_it_pt import IT, PT
from sieve_manager.application.consent_wording import Letter, Said

CONSENT: Mapping[str, Mapping[Said, Letter]] = {
    "en": EN,
    "de": DE,
    "fr": FR,
    "it": IT,
    "es": ES,
    "pt": PT,
}
