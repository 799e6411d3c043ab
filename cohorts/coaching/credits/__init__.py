"""What people may book: a programme's coaching rules and the ledger of credits."""
