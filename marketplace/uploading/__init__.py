"""Large files that come in chunks: kept sealed until they are whole; a broken line costs one chunk."""
