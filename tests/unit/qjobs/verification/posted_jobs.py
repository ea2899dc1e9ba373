"""A settled job to verify, with all that the chain and IPFS hold of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.table import read_table
from qjobs.engines.environment import environment
from qjobs.records import (
    DatasetInput,
    FileEntry,
    ParentInput,
    RunFacts,
    describe_files,
    digest_of,
    manifest_bytes,
    run_record,
    sign,
)
from qjobs.spec import canonical_bytes, request_of, spec_cid, spec_digest
from qjobs.verification import ChainFacts, DatasetVersionFacts, ModelFacts, ParentFacts
from storage.cid import RAW, Cid, raw_cid
from storage.errors import BlockMissing
from tests.vectors.qjobs.specs import small_spec, two_irises_csv, write_csv

IRISES = two_irises_csv()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EXECUTOR, BOARD = "0x" + "Cd" * 20, "0x" + "Bb" * 20


class Blocks:
    """Blocks by CID in memory; every file here is one chunk, so a file is its one raw block."""

    def __init__(self, blocks: list[bytes]) -> None:
        self._blocks = {raw_cid(block): block for block in blocks}

    def without(self, *blocks: bytes) -> "Blocks":
        return Blocks([each for each in self._blocks.values() if each not in blocks])

    def read_block(self, cid: Cid) -> bytes:
        if cid not in self._blocks:
            raise BlockMissing(str(cid), where="the test")
        return self._blocks[cid]

    def open(self, cid: Cid) -> Iterator[bytes]:
        return iter([self.read_block(cid)])


class Posted:
    """One settled job on two irises: what the chain says, and every block.

    parents: the models that its training began with, and the blocks that these are kept in. environment: what
    its record says that it was run with.
    """

    environment: Mapping[str, str] = environment()

    parents: tuple[ParentInput, ...] = ()
    parent_facts: tuple[ParentFacts, ...] = ()
    parent_blocks: tuple[bytes, ...] = ()

    def __init__(self, folder: Path, kept: bytes = IRISES) -> None:
        """`kept`: the file that holds the rows, as it is pinned."""
        spec = small_spec(IRISES)
        dataset = spec.datasets[0].model_copy(update={"content_cid": str(raw_cid(kept))})
        self.kept, self.spec = kept, spec.model_copy(update={"datasets": (dataset,)})
        table = read_table(self.spec, {1: write_csv(folder, IRISES)})
        self.files = dict(run_qsvm(self.spec, table).files)
        self.publish(folder)

    def described(self, paths: dict[str, Path]) -> dict[str, FileEntry]:
        return describe_files(paths)

    def publish(self, folder: Path) -> None:
        """Manifest, signed record and chain facts for `files` as they are now."""
        paths = {name: folder / name for name in self.files}
        for name, path in paths.items():
            path.write_bytes(self.files[name])
        self.manifest = manifest_bytes(self.described(paths))
        metrics = self.files["metrics.json"]
        facts = RunFacts(
            chain_id=31337,
            job_board=BOARD,
            job_id=7,
            task=0,
            epoch=1,
            executor=EXECUTOR,
            spec_digest=spec_digest(self.spec),
            spec_cid=str(spec_cid(self.spec)),
            datasets=(DatasetInput(1, 1, str(raw_cid(self.kept)), raw_cid(self.kept).digest_hex),),
            started_at=1,
            finished_at=2,
            isolation="network",
            environment=self.environment,
            parents=self.parents,
        )
        self.envelope = sign(run_record(facts, self.manifest, metrics), KEY)
        digests = [digest_of(block) for block in (self.manifest, metrics, self.envelope)]
        self.facts = ChainFacts(
            chain_id=31337,
            job_board=BOARD,
            dataset_token="0x" + "11" * 20,
            job_id=7,
            state=5,
            request=request_of(self.spec),
            spec_digest=spec_digest(self.spec),
            approved_digest=spec_digest(self.spec),
            datasets=(DatasetVersionFacts(1, 1, RAW, raw_cid(self.kept).digest_hex),),
            task=0,
            epoch=1,
            executor=EXECUTOR,
            signing_key="0x" + KEY.public_key().public_bytes_raw().hex(),
            artefact_digest=digests[0],
            metrics_digest=digests[1],
            run_record_digest=digests[2],
            model=ModelFacts(1, 7, *digests, parents=self.spec.parent_models),
            parents=self.parent_facts,
        )
        posted = [canonical_bytes(self.spec), self.kept, self.manifest, self.envelope, *self.files.values()]
        self.blocks = Blocks([*posted, *self.parent_blocks])
        # Reading QPY starts a child process: left out where the test is about something else.
        self.without_qpy = self.blocks.without(self.files["circuit.qpy"])
        self.without_rows = self.without_qpy.without(self.kept)


def fields(report) -> set[str]:
    return {check.field for check in report.mismatches}
