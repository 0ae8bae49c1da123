"""Both programs change one mailbox in a random order, and a small model says what must hold."""

from dataclasses import dataclass, field
from random import Random

from sieve_manager.application.history import Change
from sieve_manager.domain.forward import CopyKind, Forward
from tests.end_to_end.owner import OURS, Followed, Owner
from tests.sieve.making import forward

STEPS = 30
COPIES = ("inbox", "read", "folder:Kept copies", "none")
TARGETS = ("a@example.net", "b@example.org", "c@example.com")


@dataclass(slots=True)
class Filter:
    """A filter of Roundcube's: mail with its own name in the subject goes to *folder*."""

    folder: str
    stops: bool
    on: bool = True


@dataclass(slots=True)
class Model:
    """What the mailbox should be: filters in order (OURS among them), and our forward."""

    order: list[str] = field(default_factory=list)
    filters: dict[str, Filter] = field(default_factory=dict)
    forward: Forward | None = None

    @property
    def listed(self) -> list[tuple[str, bool]]:
        """What Roundcube must list."""
        return [(name, self.is_on(name)) for name in self.order]

    def is_on(self, name: str) -> bool:
        if name == OURS:
            return self.forward is not None and not self.forward.paused
        return self.filters[name].on

    def switch(self, name: str) -> None:
        if name == OURS and self.forward is not None:
            self.forward = self.forward.with_paused(not self.forward.paused)
        else:
            self.filters[name].on = not self.filters[name].on

    def remove(self, name: str) -> None:
        self.order.remove(name)
        if name == OURS:
            self.forward = None
        else:
            del self.filters[name]

    def follow(self, subject: str) -> Followed:
        """Where a message with *subject* must go."""
        kept: dict[str, bool] = {}
        to: list[str] = []
        implicit, seen = True, False
        for name in filter(self.is_on, self.order):
            if name == OURS and self.forward is not None:
                copy = self.forward.copy
                to = sorted(map(str, self.forward.destinations))
                seen = seen or copy.kind is CopyKind.READ
                implicit = implicit and not copy.stops
                if copy.folder:
                    kept[copy.folder] = seen
                if copy.stops:
                    break
            elif name == subject:
                kept[self.filters[name].folder] = seen
                implicit = False
                if self.filters[name].stops:
                    break
        return Followed(to, {**kept, "INBOX": seen} if implicit else kept)


def test_all_keeps_working_whoever_changes_what_in_any_order(owner: Owner) -> None:
    random, model = Random(5804), Model()  # noqa: S311 - the same order in every run
    for number in range(STEPS):
        done = _step(owner, model, random, number)
        assert owner.listed == model.listed, done
        status = owner.status
        assert status.forward == model.forward, done
        assert status.works
        assert not status.changed
        if number % 2:
            subject = random.choice([*model.filters, "nothing of all this"])
            assert owner.mail(subject) == model.follow(subject), (done, model)
    owner.change(Change.CLEAR)
    assert owner.listed == [one for one in model.listed if one[0] != OURS]
    assert not any(b"Sieve Manager" in octets for octets in owner.scripts.values())


def _step(owner: Owner, model: Model, random: Random, number: int) -> str:
    """Do one thing in one of the programs, and in the model; return what."""
    possible = ["set", "add"]
    possible += ["switch", "move", "remove"] if model.order else []
    possible += ["save unchanged"] if model.filters else []
    possible += ["pause or resume", "clear"] if model.forward else []
    chosen = random.choice(possible)
    match chosen:
        case "set":
            copy, paused = random.choice(COPIES), random.random() < 0.2
            to = random.sample(TARGETS, random.randint(1, 3))
            model.forward = forward(*to, copy=copy, paused=paused, hold_spam=random.random() < 0.5)
            owner.set(model.forward)
            if OURS not in model.order:
                model.order.insert(0, OURS)
        case "add":
            _add(owner, model, random, f"Filter{number}")
        case "pause or resume":
            assert model.forward
            owner.change(Change.RESUME if model.forward.paused else Change.PAUSE)
            model.switch(OURS)
        case "clear":
            owner.change(Change.CLEAR)
            model.remove(OURS)
        case "save unchanged":
            owner.roundcube.change(random.choice(list(model.filters)))
        case _:
            _rearrange(owner, model, random, chosen)
    return f"step {number}: {chosen}"


def _add(owner: Owner, model: Model, random: Random, name: str) -> None:
    made = Filter(folder=random.choice(["Archive", "Junk"]), stops=random.random() < 0.5)
    actions = [{"type": "fileinto", "mailbox": made.folder}]
    actions += [{"type": "stop"}] if made.stops else []
    owner.roundcube.add(name, name, *actions)
    model.filters[name] = made
    model.order.append(name)


def _rearrange(owner: Owner, model: Model, random: Random, how: str) -> None:
    """Something in Roundcube's list, done to any filter, ours too."""
    name = random.choice(model.order)
    match how:
        case "switch":
            owner.roundcube.switch(name)
            model.switch(name)
        case "remove":
            owner.roundcube.remove(name)
            model.remove(name)
        case "move":
            to = random.randrange(len(model.order))
            owner.roundcube.move(name, to)
            model.order.remove(name)
            model.order.insert(to, name)
