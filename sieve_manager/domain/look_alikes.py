"""Domains that are written in one script and look like another (Unicode TS 39)."""

import unicodedata

# Letters of other scripts that are drawn as ASCII letters in most fonts.
_DRAWN_AS_ASCII = frozenset("аԁеһіјӏорԛѕսνυхуԝοηαɑıɡʏαοօոցհ")
_WRITTEN_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_LATIN_ONE = "\u00ff"


def may_mislead(domain: str) -> bool:
    """Whether people could take *domain* (U-labels) for another one."""
    return any(_label_may_mislead(label) for label in domain.split("."))


def _label_may_mislead(label: str) -> bool:
    letters = [char for char in label if char.isalpha()]
    if all(char <= _LATIN_ONE for char in letters):
        return False
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in letters}
    if len(scripts) > 1 and not scripts <= _WRITTEN_TOGETHER:
        return True
    drawn = [char in _DRAWN_AS_ASCII for char in letters]
    return any(drawn) if scripts == {"LATIN"} else all(drawn)
