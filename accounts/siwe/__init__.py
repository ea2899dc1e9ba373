"""Sign-in with Ethereum (EIP-4361): its grammar and its message. Pure."""
