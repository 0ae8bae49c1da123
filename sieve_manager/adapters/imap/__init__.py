"""A mailbox's folders and inbox, over IMAP."""
