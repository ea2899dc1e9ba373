"""Act one: wallets are filled, a real dataset is published and listed, the researcher buys access."""

import csv
from functools import partial
from pathlib import Path

from sklearn.datasets import load_breast_cancer

from config.demo.api import ApiUser
from config.demo.people import Cast
from config.demo.stage import Stage

PRICE_UNITS = 25_000_000
JOB_FEE_UNITS = 1_000_000
CONTRIBUTOR_PARTS = 3_000
CLASSES = ("malignant", "benign")
LABEL = "diagnosis"


def fill_wallets(stage: Stage, cast: Cast) -> None:
    """Everybody signs in; the local faucet gives ETH, TestDollar and votes, each once a wallet."""
    for user in cast.everyone:
        user.sign_in()
        stage.narrator.say(f"   {user.role}: signed in as {user.address}")
        user.post("faucet")
    for user in cast.everyone:
        stage.shown(f"the faucet's gifts to {user.role}", partial(_gifts_arrived, user))
    stage.narrator.say("   the faucet gave each wallet ETH, TestDollar and votes (once a wallet)")


def _gifts_arrived(user: ApiUser) -> bool | None:
    states = [entry["state"] for entry in user.get("faucet")["entries"]]
    return True if states and all(state in {"MINED", "FINAL"} for state in states) else None


def write_dataset(folder: Path) -> Path:
    """scikit-learn's breast cancer data (Wolberg et al. 1995) as CSV: 569 rows, 30 features."""
    bunch = load_breast_cancer()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "breast-cancer-wisconsin.csv"
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*bunch.feature_names, LABEL])
        for row, target in zip(bunch.data, bunch.target, strict=True):
            writer.writerow([*(repr(float(value)) for value in row), CLASSES[target]])
    return file


def publish(stage: Stage, cast: Cast, file: Path) -> None:
    """Upload, profile, pin, mint with standing consent."""
    provider = cast.provider
    upload = provider.upload("uploads", file)
    profile = upload["profile"]
    stage.narrator.say(
        f"   provider: uploaded {file.name}, {int(upload['size']):,} bytes, {profile['rows']} rows, "
        f"{profile['column_count']} columns\n      CID {upload['cid']}"
    )
    published = provider.post(f"uploads/{upload['id']}/publication", _terms(stage, cast))
    tx_hash = stage.send(provider, "publish", published["transaction"])
    dataset = stage.shown("the new dataset on the site", lambda: _minted_in(provider, tx_hash))
    stage.facts |= {"dataset_token_id": dataset["token_id"], "dataset_cid": published["content_cid"]}
    stage.narrator.say(
        f"   dataset token {dataset['token_id']}: {stage.site_url}/datasets/{dataset['token_id']}"
    )


def _terms(stage: Stage, cast: Cast) -> dict:
    return {
        "title": "Breast cancer Wisconsin (diagnostic)",
        "description": "Thirty features of cell nuclei from digitised images of fine needle aspirates of "
        "breast masses, with the diagnosis. From scikit-learn's copy of the UCI data set "
        "(Wolberg, Street and Mangasarian, 1995).",
        "licence": "CC-BY-4.0",
        "creator": "Wolberg, W. H.; Street, W. N.; Mangasarian, O. L.",
        "keywords": ["medicine", "classification", "tabular"],
        "label_column": LABEL,
        "allow_download": False,
        "allow_compute": True,
        "rows_in_model": "public",
        "algorithms": ["qsvm"],
        "standing_consent": True,
        "payees": [
            {"address": cast.provider.address, "parts": 10_000 - CONTRIBUTOR_PARTS},
            {"address": cast.contributor.address, "parts": CONTRIBUTOR_PARTS},
        ],
        "job_fee": {"token": stage.deployment.address_of("TestDollar"), "amount": str(JOB_FEE_UNITS)},
        "royalty_bps": 250,
    }


def _minted_in(user: ApiUser, tx_hash: str) -> dict | None:
    newest = user.get("datasets", owner=user.address)["results"]
    return next((dataset for dataset in newest if dataset["minted_tx"] == tx_hash), None)


def list_access(stage: Stage, cast: Cast) -> None:
    """Compute access at a fixed price in TestDollar."""
    token_id = stage.facts["dataset_token_id"]
    listing = {
        "right": "compute",
        "price": str(PRICE_UNITS),
        "payment_token": stage.deployment.address_of("TestDollar"),
    }
    prepared = cast.provider.post(f"datasets/{token_id}/listings", listing)
    stage.send(cast.provider, "list", prepared["transaction"])
    found = stage.shown(
        "the listing on the site", lambda: _first(cast.provider.get("listings", dataset=token_id))
    )
    stage.facts["listing_id"] = found["listing_id"]
    stage.narrator.say(f"   listing {found['listing_id']}: compute access for {found['price_text']}")


def buy_access(stage: Stage, cast: Cast) -> None:
    """The researcher signs a permit and buys, both in one transaction."""
    researcher = cast.researcher
    door = f"listings/{stage.facts['listing_id']}/purchase"
    offer = researcher.post(door, {"mode": "permit"})
    permit = {
        "deadline": offer["deadline"],
        "signature": researcher.wallet.sign_typed_data(offer["typed_data"]),
    }
    document = {
        "mode": "permit",
        "permit": permit,
        "max_price": offer["max_price"],
        "version": offer["version"],
    }
    tx_hash = stage.send(researcher, "buy", researcher.post(door, document)["transaction"])
    stage.facts["purchase_tx"] = tx_hash
    bought = stage.shown("the pass on the site", lambda: _pass_of(researcher, tx_hash))
    stage.facts["pass_id"] = bought["pass_id"]


def _pass_of(user: ApiUser, tx_hash: str) -> dict | None:
    passes = user.get("passes", holder=user.address)["results"]
    return next((held for held in passes if held["issued_tx"] == tx_hash), None)


def _first(page: dict) -> dict | None:
    return page["results"][0] if page["results"] else None
