"""What each algorithm costs on one core, from its spec and a number of rows alone."""
