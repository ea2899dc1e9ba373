"""The typed client of an EVM node. web3 lives here: its HTTP transport and batches, nothing else of it is seen."""

import time
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

import requests
from django.conf import settings
from web3 import HTTPProvider

from chain.abi import Call, Function
from chain.blocks import BlockRef, RawLog, Receipt, block_from_json, log_from_json, receipt_from_json
from chain.errors import AlreadyKnown, NodeUnavailable, TooManyLogs, UndecodableData, UnknownBlock, WrongChain
from chain.node_errors import meaning_of, meaning_of_status

TIMEOUT_SECONDS = 10.0
HEADERS_PER_REQUEST = 100
RECEIPT_POLL_SECONDS = 0.1

BlockTag = int | str
