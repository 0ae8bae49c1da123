"""What the scripts mean, as far as it depends on nothing but them and the server's limits."""

from dataclasses import dataclass
from functools import lru_cache

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.scripts import Script, ScriptSet
from sieve_manager.sieve.compose import Ours, locate
from sieve_manager.sieve.hazards import Lookthrough, look_through
from sieve_manager.sieve.includes import running_scripts
from sieve_manager.sieve.outline import ForeignRedirect, Outline, outline
from sieve_manager.sieve.rule_parts import SpamHeaders
from sieve_manager.sieve.rules import without_name

# Kept in memory; a page, its review, the save and the page after it look at two states.
_KEPT, _MAX_KEPT_OCTETS = 64, 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherScript:
    """A script that runs and holds rules that are not ours, with what we understand of it."""

    script: Script
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """*places* where our rules are, *others* that run, and what a *seen* look-through found."""

    places: tuple[Ours, ...]
    others: tuple[OtherScript, ...]
    seen: Lookthrough

    @property
    def running(self) -> Ours | None:
        """The place of the owner's forward that runs."""
        return next((place for place in self._running if _has_forward(place)), None)

    @property
    def running_case(self) -> Ours | None:
        """The place of the rules of a case that run."""
        return next((place for place in self._running if _has_case(place)), None)

    @property
    def _running(self) -> tuple[Ours, ...]:
        return tuple(place for place in self.places if place.active)

    @property
    def redirects(self) -> tuple[ForeignRedirect, ...]:
        """The redirects of the others, and of our rules that others have changed."""
        theirs = (redirect for other in self.others for redirect in other.outline.redirects)
        return (*self.changed_redirects, *theirs)

    @property
    def changed_redirects(self) -> tuple[ForeignRedirect, ...]:
        """Those of rules of ours that run and were changed by hand beyond what we can express."""
        sources = [
            source
            for place in self._running
            for source in (*place.rules.changed, *place.rules.case_changed)
        ]
        return tuple(
            redirect
            for source in sources
            for redirect in outline(without_name(source).encode(errors="replace")).redirects
        )


def _has_forward(place: Ours) -> bool:
    return bool(place.rules.forward or place.rules.changed)


def _has_case(place: Ours) -> bool:
    return bool(place.rules.handover or place.rules.case_changed)


def leads_to(scripts: ScriptSet, spam_headers: SpamHeaders) -> tuple[EmailAddress, ...]:
    """Where our rules that run send the mail: a case's, or else the owner's unless it rests."""
    running = [place.rules for place in locate(scripts, spam_headers) if place.active]
    forwards = [rules.handover.forward for rules in running if rules.handover]
    forwards += [rules.forward for rules in running if rules.forward and not rules.forward.paused]
    return forwards[0].destinations if forwards else ()


def understand(
    scripts: ScriptSet,
    *,
    spam_headers: SpamHeaders,
    max_redirects: int,
    extensions: frozenset[str],
) -> Understanding:
    """Return what *scripts* mean; the last few that are not large are remembered."""
    small = sum(len(script.octets) for script in scripts.scripts) <= _MAX_KEPT_OCTETS
    work = _remembered if small else _understand
    return work(scripts, tuple(spam_headers), max_redirects, extensions)


def _understand(
    scripts: ScriptSet,
    spam_headers: tuple[tuple[str, str], ...],
    max_redirects: int,
    extensions: frozenset[str],
) -> Understanding:
    places = locate(scripts, spam_headers)
    return Understanding(
        places=places,
        others=_others(scripts, places),
        seen=look_through(scripts, max_redirects=max_redirects, extensions=extensions),
    )


_remembered = lru_cache(maxsize=_KEPT)(_understand)


def _others(scripts: ScriptSet, places: tuple[Ours, ...]) -> tuple[OtherScript, ...]:
    """The scripts that run, in order, without those that hold nothing but ours."""
    ours = {place.script for place in places}
    found = []
    for script in running_scripts(scripts):
        read = outline(script.octets, script.name.text)
        if read.items or not (read.readable or script.name in ours):
            found.append(OtherScript(script=script, outline=read))
    return tuple(found)
