"""A mail transfer agent in memory, for tests of what is said to it."""

from dataclasses import dataclass
from datetime import datetime

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.application.address_ports import Answer
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.errors import RelayError


@dataclass(slots=True)
class Relay:
    """A mail transfer agent that asks the store; *broken* calls fail, *deaf* sees no change."""

    store: MemoryAddresses
    broken: int = 0
    deaf: bool = False
    published: int = 0

    def publish(self) -> None:
        if self.broken:
            self.broken -= 1
            raise RelayError("the map file cannot be written")
        self.published += 1

    def answer(self, address: EmailAddress, at: datetime) -> Answer:
        kept = None if self.deaf else self.store.get(address)
        active = kept is not None and kept.phase(at) is Phase.ACTIVE
        return Answer(destinations=kept.leads_to if kept and active else ())
