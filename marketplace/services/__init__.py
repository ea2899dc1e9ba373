"""Acts of the market: what a wallet brings is stored, what it signs is prepared."""
