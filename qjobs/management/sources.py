"""What a command reads that needs no database of ours: any node of the chain, and any gateway that gives
blocks."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from chain.accounts import checksum
from chain.client import ChainClient
from chain.deployments import current, read_deployment
from storage.sources import HttpBlockSource


def add_source_arguments(parser: CommandParser) -> None:
    """Where chain and blocks are read."""
    parser.add_argument("--rpc", help="URL of any node of the chain")
    parser.add_argument("--ipfs", help="URL of any gateway that gives blocks; nothing it says is trusted")
    parser.add_argument("--board", help="address of the JobBoard")
    parser.add_argument("--deployment", type=Path, help="deployment file that names the JobBoard")


def opened_sources(options: dict[str, Any]) -> tuple[ChainClient, str, HttpBlockSource]:
    """Node, address of the JobBoard, and blocks; this deployment's own where none are named."""
    client = ChainClient(options["rpc"] or settings.CHAIN_RPC_URL)
    return client, _board_address(options), HttpBlockSource(options["ipfs"] or settings.SITE_URL)


def _board_address(options: dict[str, Any]) -> str:
    if options["board"]:
        return checksum(options["board"])
    deployment = current() if options["deployment"] is None else read_deployment(options["deployment"])
    return deployment.address_of("JobBoard")
