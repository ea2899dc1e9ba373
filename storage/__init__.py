"""Content-addressed bytes without Django: CIDs, stores, verified reads, CAR files.

Bytes count only when their hash matches: we compute every CID here and check every read block by block.
"""
