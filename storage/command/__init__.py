"""What the command `python -m storage` can do, one file a subject."""
