"""What hypothesis makes up: forwards with hostile texts, and scripts of other people."""

from datetime import date

from hypothesis import strategies as st

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import CompileOptions
from tests.sieve.making import EXTENSIONS, SPAM_HEADERS, SPAMTEST

ZONES = ("UTC", "Europe/Zurich", "America/St_Johns", "Africa/Cairo", "Pacific/Apia", "Asia/Gaza")

_LOCAL = st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
_HOSTILE = st.sampled_from(
    ['"', "\\", '"; stop; #', "${x}", "${hex:40}", "]", "text:", "/*", ":copy", "\u202e", "✉", "é"]
)
_FOLDER = st.lists(st.one_of(_HOSTILE, st.text(max_size=8)), min_size=1, max_size=4).map("".join)


def _address(text: str) -> EmailAddress | None:
    try:
        return EmailAddress.parse(text)
    except InvalidInputError:
        return None


def _folder(name: str) -> Copy | None:
    try:
        return Copy(kind=CopyKind.FOLDER, folder=name)
    except InvalidInputError:
        return None


addresses = (
    st.builds("{}@{}".format, _LOCAL, st.sampled_from(["example.com", "bücher.example.net"]))
    .map(_address)
    .filter(bool)
)
copies = st.one_of(
    st.sampled_from([Copy(kind=kind) for kind in CopyKind if kind is not CopyKind.FOLDER]),
    _FOLDER.map(_folder).filter(bool),
)
_days = st.dates(date(1970, 1, 2), date(2999, 12, 30))
periods = st.builds(
    lambda days, first, last, zone: Period(
        first_day=min(days) if first else None, last_day=max(days) if last else None, timezone=zone
    ),
    st.tuples(_days, _days),
    st.booleans(),
    st.booleans(),
    st.sampled_from(ZONES),
)
forwards = st.builds(
    Forward,
    destinations=st.lists(addresses, min_size=1, max_size=4).map(tuple),
    copy=copies,
    period=periods,
    hold_spam=st.booleans(),
    paused=st.booleans(),
)
options = st.builds(
    CompileOptions,
    extensions=st.sampled_from([EXTENSIONS, EXTENSIONS - {"mailbox"}, EXTENSIONS | SPAMTEST]),
    spam_headers=st.sampled_from([SPAM_HEADERS, SPAM_HEADERS[:1]]),
    trash_folder=_FOLDER.map(_folder).filter(bool).map(lambda copy: copy.folder),
)

_NEXTCLOUD = "### Nextcloud Mail: Filters ### DON'T EDIT ###"
_spaces = st.sampled_from(["\n", "\n", "\n\n", " ", "", "\t", "\n  "])
_comments = st.sampled_from(
    ["# a remark\n", "# rule:[Theirs]\n", "/* one\n\ntwo */", "#\n", _NEXTCLOUD + "\n", ""]
)
_requires = st.sampled_from(
    [
        'require "fileinto";',
        'require ["copy","imap4flags"];',
        'require "variables";',
        'require ["date", "relational", "mailbox"];',
        'REQUIRE"include";',
    ]
)
_rules = st.sampled_from(
    [
        "keep;",
        'if header :contains "subject" "}" { fileinto "A"; stop; } elsif true { } else { keep; }',
        'redirect :copy "${x}@example.org";',
        'set text:\n# rule:[no]\n..\n.\n"x";',
        'include :optional "other";',
        "foreverypart { if size :over 1K { discard; } }",
        'if false # allof (true)\n{\n\tredirect "a@b.c";\n}',
        'vacation :days 7 ["a", "b"] "é\\"";',
    ]
)


def _parts(strategy: st.SearchStrategy[str], size: int) -> st.SearchStrategy[str]:
    one = st.tuples(_comments, strategy, _spaces).map("".join)
    return st.lists(one, max_size=size).map("".join)


sieve_texts = st.tuples(
    st.sampled_from(["", "", "\ufeff"]),
    _parts(_requires, 3),
    _parts(_rules, 4),
    _comments,
    st.sampled_from(["", "# the end", "\n"]),
).map("".join)
octets = st.one_of(
    st.tuples(sieve_texts, st.booleans()).map(
        lambda made: (made[0].replace("\n", "\r\n") if made[1] else made[0]).encode()
    ),
    st.binary(max_size=40),
    st.tuples(sieve_texts.map(str.encode), st.binary(max_size=2), st.integers(0, 60)).map(
        lambda made: made[0][: made[2]] + made[1] + made[0][made[2] :]
    ),
)


def _script_set(scripts: dict[ScriptName, bytes], active: int) -> ScriptSet:
    names = tuple(scripts)
    return ScriptSet(
        listing=ScriptListing(
            names=names, active=names[active % len(names)] if names and active else None
        ),
        scripts=tuple(Script(name=name, octets=text) for name, text in scripts.items()),
    )


script_sets = st.builds(
    _script_set,
    st.dictionaries(
        st.sampled_from(["main", "other", "sieve-manager", 'o"dd\\']).map(ScriptName),
        octets,
        max_size=3,
    ),
    st.integers(0, 3),
)
