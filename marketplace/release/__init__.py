"""Private data: keys kept apart from sealed files, released to whom the chain entitles, each time noted."""
