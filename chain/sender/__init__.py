"""The sender: turns intentions of the outbox into mined transactions, each exactly once."""
