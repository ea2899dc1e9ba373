"""The embedded store: files on a disk of ours."""
