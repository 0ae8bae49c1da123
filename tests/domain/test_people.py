"""People are found by the beginnings of their words, however these are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import LONGEST_WORD, Person, words_of

ANNA = Person(
    login=Login("amueller"),
    name="Anna-Lena Müller, Dr.",
    address=EmailAddress("al.mueller", "example.com"),
    aliases=(EmailAddress("office", "xn--bcher-kva.example"),),
)


@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "ANN",
        "len",
        "Muller",
        "mu",
        "müller anna",
        "amue",
        "al.mueller@example.com",
        "al.mueller@exam",
        "office@bücher",
        "xn",
        "  dr ",
    ],
)
def test_a_person_is_meant_by_the_beginnings_of_her_words(text: str) -> None:
    assert ANNA.is_meant_by(text)


@pytest.mark.parametrize("text", ["", " ", ".,;%*", "ueller", "anna bob", "a*", "annax", "an%na"])
def test_a_person_is_not_meant_by_anything_else(text: str) -> None:
    assert ANNA.is_meant_by(text) == (text == "a*"), "signs part words and mean nothing"


def test_a_person_is_called_by_her_name_else_by_her_mailbox() -> None:
    assert str(ANNA) == "Anna-Lena Müller, Dr."
    assert str(Person(login=Login("anna"))) == "anna"
    assert ANNA.mailbox.owns(EmailAddress("office", "xn--bcher-kva.example"))
    assert Person(login=Login("anna")).addresses == ()


def test_a_long_word_is_cut_and_still_found() -> None:
    long = "x" * 300
    assert words_of(long) == ("x" * LONGEST_WORD,)
    assert Person(login=Login("a"), name=long).is_meant_by(long)


@given(st.text())
def test_words_of_words_are_the_same_words(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words


@given(st.text())
def test_a_person_is_meant_by_the_whole_name(name: str) -> None:
    assert Person(login=Login("a"), name=name).is_meant_by(name) == bool(words_of(name))
