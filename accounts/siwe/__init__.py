"""Sign-in with Ethereum (EIP-4361): its grammar, its message, and the rules that a message must keep here. Pure."""
