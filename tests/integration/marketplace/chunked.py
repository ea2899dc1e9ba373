"""A wallet that sends a large file in chunks, as a script or the page does."""

import base64
import hashlib
from typing import Any

from django.http import HttpResponse

from tests.integration.marketplace.acts import ApiWallet

SESSIONS = "uploads/sessions"


def open_upload(wallet: ApiWallet, content: bytes, **change: Any) -> dict[str, Any]:
    answer = wallet.post(SESSIONS, {"file_name": "ward-7.csv", "size_bytes": len(content), **change})
    assert answer.status_code == 201, answer.content
    return answer.json()


def put_chunk(
    wallet: ApiWallet, session: dict[str, Any], number: int, content: bytes, **headers: str
) -> HttpResponse:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return wallet.client.put(
        f"/api/v1/{SESSIONS}/{session['id']}/chunks/{number}",
        content,
        content_type="application/octet-stream",
        headers={
            **wallet._csrf(),
            "Upload-Key": session["upload_key"],
            "Content-Digest": f"sha-256=:{digest}:",
            **headers,
        },
    )


def finish(wallet: ApiWallet, session: dict[str, Any], **headers: str) -> HttpResponse:
    return wallet.client.post(
        f"/api/v1/{SESSIONS}/{session['id']}/finish",
        {},
        content_type="application/json",
        headers={**wallet._csrf(), "Upload-Key": session["upload_key"], **headers},
    )


def send_missing(wallet: ApiWallet, session: dict[str, Any], content: bytes) -> list[int]:
    """Sends what the server says it lacks; gives the numbers."""
    size = session["chunk_bytes"]
    known = wallet.get(f"{SESSIONS}/{session['id']}").json()
    received = {chunk["number"] for chunk in known["received"]}
    missing = [number for number in range(known["chunk_count"]) if number not in received]
    for number in missing:
        answer = put_chunk(wallet, session, number, content[number * size : (number + 1) * size])
        assert answer.status_code == 200, answer.content
    return missing
