"""What came, and what was made of it before: the inbox, addresses, the ledger, the index of stories, filing."""
