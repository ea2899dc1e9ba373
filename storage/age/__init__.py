"""age v1 files, sealed to hybrid post-quantum recipients (mlkem768x25519) and to no others.

The format is c2sp.org/age; the plain `age` tool from 1.3 on opens what is sealed here.
"""
