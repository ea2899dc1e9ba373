"""What holds in the market, as pure functions of values."""
