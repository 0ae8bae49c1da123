"""Test messages: what is looked into, and who is told which folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

import pytest

from sieve_manager.adapters.memory_proofs import MemoryProofs
from sieve_manager.application.access import Access, Actor
from sieve_manager.application.proof_report import Fate, Found
from sieve_manager.application.proving import Proving
from sieve_manager.application.trail import Trail
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.proof import Proof
from sieve_manager.errors import InvalidInputError, NotPermittedError
from tests.application.test_tracing import ADA, ANNA, BEA, BOSS, OTTO, Desk, entry
from tests.application.world import NOW


@dataclass
class Post:
    """Both ways: what is sent lies in the secret folder of every mailbox that is not *closed*."""

    closed: tuple[str, ...] = ()
    sent: list[bytes] = field(default_factory=list)

    def post(self, message: EmailMessage, **_more: object) -> None:
        self.sent.append(message.as_bytes())

    def find(self, access: Access, *_asked: object) -> Sequence[Found]:
        if access.login.text in self.closed:
            raise NotPermittedError("closed")
        return [Found(folder="Secret", octets=one) for one in self.sent]

    def take_away(self, *_asked: object) -> int:
        return len(self.sent)


class SentMeanwhile(MemoryProofs):
    """In which the same person sends ever more at the same moment."""

    def add(self, proof: Proof) -> None:
        for number in range(20):
            super().add(replace(proof, mark=f"{number}"))
        super().add(proof)


def test_not_even_several_at_once_are_more_than_may_be_sent() -> None:
    post, proofs = Post(), SentMeanwhile()
    with pytest.raises(InvalidInputError, match="many test messages"):
        proving(post, proofs).send(ADA, EmailAddress.parse(ANNA), lambda _to: ("Test", "text"))
    assert not post.sent


def proving(post: Post, proofs: MemoryProofs) -> Proving:
    return Proving(
        tracing=Desk(entry(ANNA, BEA), entry(BEA, BOSS)).use,
        proofs=proofs,
        mailboxes=post,  # type: ignore[arg-type]  # both ways
        post=post,
        sender=EmailAddress("noreply", "example.com"),
        trail=Trail(log=None, clock=lambda: NOW),
        clock=lambda: NOW,
    )


def fates(actor: Actor, post: Post) -> dict[str, tuple[Fate, tuple[str, ...]]]:
    use = proving(post, MemoryProofs())
    sent = use.send(actor, EmailAddress.parse(ANNA), lambda _to: ("Test", "text"))
    report = use.look(actor, sent.mark)
    assert report
    return {str(one.hop.address): (one.fate, one.folders) for one in report.steps}


@pytest.mark.parametrize(("actor", "folders"), [(ADA, ("Secret",)), (OTTO, ())])
def test_folders_of_those_whom_operators_may_not_act_for_are_not_named(
    actor: Actor, folders: tuple[str, ...]
) -> None:
    assert fates(actor, Post()) == {
        ANNA: (Fate.ARRIVED, ("Secret",)),
        BEA: (Fate.ARRIVED, ("Secret",)),
        BOSS: (Fate.ARRIVED, folders),
    }


def test_nobody_is_said_to_miss_it_whose_mailbox_cannot_be_opened() -> None:
    assert fates(ADA, Post(closed=(BEA,)))[BEA] == (Fate.UNSEEN, ())
