"""Who may do what (S36): every endpoint and every page, asked by every role, about somebody else's things."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.keys import create_key
from accounts.models import ApiKey, User
from config.openapi.endpoints import Endpoint, all_endpoints
from marketplace.models import Upload, UploadSession
from tests.fakes import job_rows, rows

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S36")]
STRANGER, OPERATOR = rows.address(71), rows.address(72)
SECRET = "ward-seven-of-the-provider"
REFUSED = {401, 403}

# Where a visitor acts: nothing else that is not a GET is open to one.
OPEN_ACTS = {"POST auth/sign-in", "POST auth/sign-out"}
# What is told to a wallet of its own; every other GET is for everybody.
OWN_READS = {
    "GET keys",
    "GET faucet",
    "GET uploads",
    "GET uploads/{upload_id}",
    "GET uploads/sessions",
    "GET uploads/sessions/{session_id}",
}
# What no API key is good for, since it would outlive the wallet's own say.
BROWSER_ALONE = {
    "GET keys",
    "POST keys",
    "DELETE keys/{key_id}",
    "POST datasets/{token_id}/versions/{number}/grants",
    "POST models/{token_id}/files/{name}/grants",
    "POST uploads/{upload_id}/erasure",
}
# Acts on something that has an owner before it is on the chain: for anybody else there is no such thing.
OWN_ACTS = {
    "DELETE keys/{key_id}",
    "DELETE uploads/sessions/{session_id}",
    "PUT uploads/sessions/{session_id}/chunks/{number}",
    "POST uploads/sessions/{session_id}/finish",
    "POST uploads/{upload_id}/publication",
    "POST uploads/{upload_id}/version",
    "POST uploads/{upload_id}/erasure",
}
# The researcher requested the job and owns its model: the provider, who does neither, is refused.
OF_THE_RESEARCHER = {"POST jobs/{job_id}/cancel", "POST models/{token_id}/predict"}
# The provider listed it: nobody else takes it back.
OF_THE_PROVIDER = {"POST listings/{listing_id}/delisting"}


@dataclass(frozen=True)
class Things:
    """What the provider owns, by the names of path parameters."""

    upload_id: int
    session_id: uuid.UUID
    key_id: int
    token_id: int = 1
    listing_id: int = 1
    number: int = 1
    job_id: int = 1
    proposal_id: int = 1
    digest: str = "0x" + "5e" * 32
    tx_hash: str = "0x" + "c4" * 32
    kind: str = "pay"
    address: str = rows.PROVIDER
    account: str = rows.PROVIDER
    slug: str = "wallet"
    name: str = "model.safetensors"
    cid: str = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"


@pytest.fixture
def things() -> Things:
    rows.add_head()
    rows.add_quorum()
    rows.add_dataset(1)
    rows.add_listing(1)
    rows.add_proposal(1)
    job_rows.add_job(1)
    job_rows.add_result(1)
    owner, _ = User.objects.get_or_create(address=rows.PROVIDER)
    upload = Upload.objects.create(
        owner=owner,
        file_name=SECRET,
        cid=Things.cid,
        codec=0x55,
        content_digest=rows.digest("file"),
        size_bytes=9,
        profile=rows.profile_document(),
    )
    session = UploadSession.objects.create(
        owner=owner, file_name=SECRET, key_proof="0" * 64, size_bytes=9, chunk_bytes=9
    )
    key, _ = create_key(owner=owner, name=SECRET, scope="read")
    return Things(upload.pk, session.pk, key.pk)


def wallet(address: str, **flags: bool) -> Client:
    user, _ = User.objects.update_or_create(address=address, defaults=flags)
    browser = Client()
    browser.force_login(user, backend="accounts.backends.WalletBackend")
    return browser


def script(address: str, scope: str) -> Client:
    user, _ = User.objects.get_or_create(address=address)
    _, key = create_key(owner=user, name="script", scope=scope)
    return Client(headers={"authorization": f"Bearer {key}"})


def ask(who: Client, endpoint: Endpoint, things: Things) -> HttpResponseBase:
    path = "/api/v1/" + endpoint.path.format(**vars(things))
    body: dict[str, Any] = (
        {} if endpoint.method == "get" else {"data": "{}", "content_type": "application/json"}
    )
    return getattr(who, endpoint.method)(path, **body)


def endpoints() -> list[Endpoint]:
    """All; signing out comes last, since it ends the session that the others are asked by."""
    return sorted(all_endpoints(), key=lambda each: each.name == "POST auth/sign-out")


def is_for_everybody(endpoint: Endpoint) -> bool:
    return endpoint.name in OPEN_ACTS or (endpoint.method == "get" and endpoint.name not in OWN_READS)


def refused(who: Client, things: Things) -> set[str]:
    """The endpoints that do not let this role in at all."""
    return {each.name for each in endpoints() if ask(who, each, things).status_code in REFUSED}


def test_visitor_is_let_in_where_things_are_public_and_nowhere_else(things: Things) -> None:
    assert refused(Client(), things) - OPEN_ACTS == {
        each.name for each in endpoints() if not is_for_everybody(each)
    }


def test_wallet_is_let_in_everywhere_but_at_what_is_anothers(things: Things) -> None:
    assert refused(wallet(rows.PROVIDER), things) - OPEN_ACTS == OF_THE_RESEARCHER
    assert refused(wallet(rows.RESEARCHER), things) - OPEN_ACTS == OF_THE_PROVIDER


def test_key_that_reads_gets_what_a_wallet_reads_and_no_act(things: Things) -> None:
    acts = {each.name for each in endpoints() if each.method != "get"}

    assert refused(script(rows.PROVIDER, "read"), things) - OPEN_ACTS == (acts | BROWSER_ALONE) - OPEN_ACTS


def test_key_that_acts_gets_everything_but_what_is_the_browsers_alone(things: Things) -> None:
    assert refused(script(rows.RESEARCHER, "act"), things) - OPEN_ACTS == BROWSER_ALONE | OF_THE_PROVIDER


@pytest.mark.parametrize("role", ["stranger", "stranger's key", "operator"])
def test_what_somebody_else_owns_is_not_there_for_anyone_but_its_owner(role: str, things: Things) -> None:
    who = {
        "stranger": lambda: wallet(STRANGER),
        "stranger's key": lambda: script(STRANGER, "act"),
        "operator": lambda: wallet(OPERATOR, is_staff=True, is_superuser=True),
    }[role]()
    before = (Upload.objects.count(), UploadSession.objects.count(), open_keys())

    answers = {each.name: ask(who, each, things) for each in endpoints() if each.name in OWN_ACTS | OWN_READS}

    about_one = {name: answer for name, answer in answers.items() if "{" in name}
    wrong = {name for name, answer in about_one.items() if answer.status_code not in {401, 404}}
    assert wrong == set()
    assert (Upload.objects.count(), UploadSession.objects.count(), open_keys()) >= before


def open_keys() -> int:
    return ApiKey.objects.filter(revoked_at=None, owner__address=rows.PROVIDER).count()


def test_owner_finds_what_it_owns_at_the_same_addresses(things: Things) -> None:
    owner = wallet(rows.PROVIDER)

    told = {each.name for each in endpoints() if SECRET in text_of(ask(owner, each, things))}

    assert told >= OWN_READS - {"GET faucet"}


@pytest.mark.parametrize("address", [None, STRANGER])
def test_no_page_and_no_endpoint_shows_anybody_else_what_is_the_owners_alone(
    address: str | None, things: Things
) -> None:
    who = Client() if address is None else wallet(address)
    pages = page_addresses(things)
    reads = [
        "/api/v1/" + each.path.format(**vars(things)) for each in all_endpoints() if each.method == "get"
    ]

    leaks = [path for path in pages + reads if SECRET in text_of(who.get(path))]
    own = [path for path in pages if SECRET in text_of(wallet(rows.PROVIDER).get(path))]

    assert leaks == []
    assert {"/account/keys", f"/datasets/publish/{things.upload_id}"} <= set(own)


ROLES = {
    "visitor": Client,
    "owner": lambda: wallet(rows.PROVIDER),
    "owner's key": lambda: script(rows.PROVIDER, "act"),
    "stranger": lambda: wallet(STRANGER),
    "operator": lambda: wallet(OPERATOR, is_staff=True, is_superuser=True),
}


@pytest.mark.parametrize("role", ROLES)
def test_release_service_asks_for_a_right_on_the_chain_and_knows_no_role(
    role: str, things: Things, settings
) -> None:
    who, site = ROLES[role](), Client()
    links = release_addresses(things)
    outside = [path for path in links if site.get(path).status_code != 404]
    settings.ROOT_URLCONF = "marketplace.release.urls"

    reads = {path: who.get(path) for path in links}
    writes = {who.generic(method, path).status_code for path in links for method in ("POST", "PUT", "DELETE")}
    elsewhere = {who.get(path).status_code for path in ("/api/v1/uploads", "/admin/", "/publish", "/")}

    assert len(links) == 5
    assert outside == []
    assert {path: told.json()["error"]["code"] for path, told in reads.items()} == {
        path: "not_released" if path.startswith("/release/of-no-grant") else "node_unavailable"
        for path in links
    }
    assert (writes, elsewhere) == ({405}, {404})


def release_addresses(things: Things) -> list[str]:
    """Every address of the release service, about the provider's dataset and the researcher's job."""
    values = {**vars(things), "task": 0, "version": 1, "token": "of-no-grant"}
    values |= {"executor": rows.EXECUTOR, "verifier": rows.MEMBER}
    patterns = get_resolver("marketplace.release.urls").url_patterns
    return ["/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(each.pattern)).format(**values) for each in patterns]


def page_addresses(things: Things) -> list[str]:
    """Every page of the site but the console, about the provider's things."""
    return ["/" + path for path in _paths(get_resolver("config.page_urls").url_patterns, things)]


def _paths(patterns: list[Any], things: Things) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += _paths(pattern.url_patterns, things)
        elif isinstance(pattern, URLPattern):
            names = pattern.pattern.regex.groupindex
            values = {name: getattr(things, name) for name in names}
            [(template, _)] = get_resolver("config.page_urls").reverse_dict.getlist(pattern.callback)[0][0]
            found.append(template % values)
    return found


def text_of(answer: HttpResponseBase) -> str:
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode(errors="replace")
