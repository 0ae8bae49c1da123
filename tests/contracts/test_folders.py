"""The Folders port: the folders in memory do what real ones do."""

import pytest

from sieve_manager.adapters.memory import MemoryFolders
from sieve_manager.application.access import Access
from sieve_manager.application.ports import Folders
from sieve_manager.errors import FolderError
from tests.contracts.mail_servers import Subject, folders_on, subject_on


@pytest.fixture(scope="session", params=["memory", "dovecot", "cyrus"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each server in turn."""
    return subject_on(request.param, request)


@pytest.fixture
def folders(subject: Subject) -> Folders:
    """The folders of that server."""
    return MemoryFolders() if isinstance(subject.server, dict) else folders_on(subject.server)


@pytest.fixture
def owner(subject: Subject) -> Access:
    """The owner of a new mailbox."""
    return subject.owner()


def test_inbox_comes_first_and_the_trash_is_known(folders: Folders, owner: Access) -> None:
    listing = folders.listing(owner)
    assert listing.names[0] == "INBOX"
    assert listing.trash in listing.names


def test_missing_folder_is_created_once(folders: Folders, owner: Access) -> None:
    before = folders.listing(owner).names
    for _ in range(2):
        folders.ensure(owner, "Grüße \U0001f600")
    assert sorted({*folders.listing(owner).names} - {*before}) == ["Grüße \U0001f600"]


def test_inbox_is_there_in_any_spelling(folders: Folders, owner: Access) -> None:
    before = folders.listing(owner)
    folders.ensure(owner, "InBox")
    assert folders.listing(owner) == before


@pytest.mark.parametrize("name", ["", "a\r\nb", "a\0b"])
def test_impossible_folder_is_refused(folders: Folders, owner: Access, name: str) -> None:
    before = folders.listing(owner)
    with pytest.raises(FolderError) as caught:
        folders.ensure(owner, name)
    assert caught.value.folder == name
    assert folders.listing(owner) == before


def test_mailboxes_have_folders_of_their_own(
    folders: Folders, owner: Access, subject: Subject
) -> None:
    folders.ensure(owner, "Mine")
    assert "Mine" not in folders.listing(subject.owner()).names
