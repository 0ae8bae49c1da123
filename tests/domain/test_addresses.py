"""One canonical address comes out, or a refusal that says why."""

import pytest

from sieve_manager.domain.addresses import EmailAddress, parse_domain, split_addresses
from sieve_manager.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("anna@example.com", "anna@example.com"),
        ("  anna@EXAMPLE.com\n", "anna@example.com"),
        ("Anna.Muster@Example.Com", "Anna.Muster@example.com"),
        ("anna+lists@example.com", "anna+lists@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("${x}@example.com", "${x}@example.com"),
        ("anna@bücher.example.net", "anna@xn--bcher-kva.example.net"),
        ("anna@XN--BCHER-KVA.example.net", "anna@xn--bcher-kva.example.net"),
        ("Anna Muster <anna@example.com>", "anna@example.com"),
        ('"Muster, Anna" < anna@example.com >', "anna@example.com"),
        ("<anna@example.com>", "anna@example.com"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_address_becomes_canonical(text: str, canonical: str) -> None:
    assert str(EmailAddress.parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address-missing"),
        ("   ", "address-missing"),
        ("Anna <>", "address-missing"),
        ("anna", "address-invalid"),
        ("anna@", "address-invalid"),
        ("@example.com", "address-invalid"),
        ("anna@example", "address-invalid"),
        ("anna@localhost", "address-invalid"),
        ("anna@[127.0.0.1]", "address-invalid"),
        ("anna@example..com", "address-invalid"),
        ("anna..x@example.com", "address-invalid"),
        ("(c)anna@example.com", "address-invalid"),
        ('"a b"@example.com', "address-invalid"),
        ("a@example.com, b@example.com", "address-invalid"),
        ("Anna <a@example.com> <b@example.com>", "address-invalid"),
        (f"{'a' * 65}@example.com", "address-too-long"),
        (f"anna@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example.com", "address-too-long"),
        ("änna@example.com", "address-utf8-local"),
        ("anna@exa\x00mple.com", "address-control"),
        ("an\r\nna@example.com", "address-control"),
        ("anna@example.com\x85x", "address-control"),
        ("|sh@example.com", "address-refused"),
        ("/etc/passwd@example.com", "address-refused"),
        ("-f@example.com", "address-refused"),
        ("anna\ud800@example.com", "address-invalid"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        EmailAddress.parse(text, where="field")
    assert (caught.value.code, caught.value.where) == (code, "field")


def test_length_counts_after_the_domain_became_ascii() -> None:
    domain = ".".join(["a" * 60] * 3 + ["com"])
    assert EmailAddress.parse(f"{'b' * 60}@{domain}")
    with pytest.raises(InvalidInputError):
        EmailAddress.parse(f"{'b' * 64}@{'c' * 5}.{domain}")


def test_local_parts_are_compared_without_case_and_kept_as_written() -> None:
    one, other = EmailAddress.parse("Anna@example.com"), EmailAddress.parse("anna@Example.com")
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) != str(other)
    assert one.key == "anna@example.com"
    assert one != EmailAddress.parse("anna@example.org")
    assert one != "Anna@example.com"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("a+b+c@example.com", "a@example.com"),
        ("a@example.com", "a@example.com"),
        ("+b@example.com", "+b@example.com"),
    ],
)
def test_address_without_its_detail(text: str, base: str) -> None:
    assert str(EmailAddress.parse(text).without_detail) == base


@pytest.mark.parametrize(
    "text", ["Anna@example.com", "anna+x@xn--bcher-kva.example", "*@example.com"]
)
def test_what_was_kept_comes_back_as_it_was_written(text: str) -> None:
    assert str(EmailAddress.restore(text)) == text


def test_readable_form_has_the_domain_as_people_write_it() -> None:
    assert EmailAddress.parse("a@xn--bcher-kva.example.net").readable == "a@bücher.example.net"
    assert EmailAddress("a", "xn--\x80.example").readable == "a@xn--\x80.example"


@pytest.mark.parametrize(
    ("domain", "misleads"),
    [
        ("аррӏе.com", True),  # all Cyrillic
        ("exаmple.com", True),  # one Cyrillic letter
        ("ɡooɡle.com", True),  # Latin letters that are drawn as g
        ("bücher.example", False),
        ("пример.example", False),
        ("παράδειγμα.example", False),
        ("日本のドメイン.example", False),
        ("도메인.example", False),
    ],
)
def test_domain_that_looks_like_another_is_shown_by_its_a_labels(
    domain: str, misleads: bool
) -> None:
    address = EmailAddress.parse(f"a@{domain}")
    assert address.readable == (str(address) if misleads else f"a@{domain}")


def test_domain_becomes_canonical() -> None:
    assert parse_domain(" Bücher.Example.NET ") == "xn--bcher-kva.example.net"
    with pytest.raises(InvalidInputError) as caught:
        parse_domain("localhost", where="allowed")
    assert caught.value.where == "allowed"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        (" , ;\n", ()),
        ("a@x.y", ("a@x.y",)),
        (
            "a@x.y, b@x.y;c@x.y\nd@x.y e@x.y\tf@x.y",
            ("a@x.y", "b@x.y", "c@x.y", "d@x.y", "e@x.y", "f@x.y"),
        ),
        ("Anna Muster <a@x.y>, Bob <b@x.y>", ("Anna Muster <a@x.y>", "Bob <b@x.y>")),
        ("A <a@x.y>;\nb@x.y", ("A <a@x.y>", "b@x.y")),
    ],
)
def test_several_addresses_in_one_field_are_split(text: str, pieces: tuple[str, ...]) -> None:
    assert split_addresses(text) == pieces
