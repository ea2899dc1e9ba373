"""Brings a stack up in order: database, contracts and chain, tables and static files, processes."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.stack import anvil, contracts, database_reset, embedded_chain, jsonrpc, postgres, postgres_cluster
from config.stack.endpoints import Given, without_secrets, write_endpoints
from config.stack.errors import PartFailed, StackError
from config.stack.keys import VERIFIERS, ensure_keys, read_key
from config.stack.layout import Layout
from config.stack.local_actors import settle_actors
from config.stack.parameters import write_parameters
from config.stack.parts import Part, site_parts
from config.stack.ports import HOST, RELEASE_PORT, choose_port, choose_web_port
from config.stack.processes import tail
from config.stack.queue_folders import ensure_queue_folders, forget_left_drafts
from config.stack.supervisor import Supervisor


@dataclass
class BringUp:
    """One start. `announce` prints a line; `endpoints` fills with the embedded parts' addresses."""

    layout: Layout
    environ: Mapping[str, str]
    supervisor: Supervisor
    announce: Callable[[str], None]
    endpoints: dict[str, str] = field(default_factory=dict)
    cluster: postgres_cluster.Cluster | None = None

    @property
    def given(self) -> Given:
        return Given.of(self.environ)

    def run(self) -> None:
        """Starts everything and returns when the site answers; raises StackError in words."""
        self.layout.make_folders()
        ensure_keys(self.layout.keys_dir)
        port, told = choose_web_port(self.given.web_port)
        self._tell(told)
        if not self.given.site_url:
            self.endpoints["SITE_URL"] = f"http://{HOST}:{port}"
        release_port = self._take_release_port(port)
        self._start_database()
        self._start_chain()
        write_endpoints(self.layout, self.endpoints)
        self._make_tables_and_static_files()
        if not self.given.broker_url:
            ensure_queue_folders(self.layout.queue_dir)
            forget_left_drafts(self.layout.queue_dir)
        self._line("queue", without_secrets(self.given.broker_url) or f"{self.layout.queue_dir} (embedded)")
        self._line("content", without_secrets(self.given.ipfs_api_url) or "local store (embedded)")
        parts = site_parts(self.layout, self.environment, port, release_port)
        self.supervisor.start_together(parts)
        for part in parts:
            self._line(part.name, part.address)

    @property
    def environment(self) -> dict[str, str]:
        """What the site's processes get: the person's environment and the embedded parts' addresses."""
        actors = {"VERIFIER_KEY_NAMES": ",".join(VERIFIERS)} if self._chain_id == anvil.CHAIN_ID else {}
        return {**actors, **self.environ, **self.endpoints, "PYTHONUNBUFFERED": "1"}

    @property
    def _chain_id(self) -> int:
        return int(self.environ.get("CHAIN_ID", "").strip() or anvil.CHAIN_ID)

    def _take_release_port(self, web_port: int) -> int:
        """RELEASE_PORT or the next free one above it, and never the site's own."""
        wanted = int(self.environ.get("RELEASE_PORT", "").strip() or max(RELEASE_PORT, web_port + 1))
        port = choose_port(wanted, "the release service")
        if not self.environ.get("RELEASE_URL", "").strip():
            self.endpoints["RELEASE_URL"] = f"http://{HOST}:{port}"
        return port

    def _start_database(self) -> None:
        if self.given.database_url:
            self._line("database", without_secrets(self.given.database_url))
            return
        cluster = postgres_cluster.cluster_of(self.layout)
        self._tell(postgres_cluster.prepare(cluster))
        self.supervisor.start(
            Part(
                name="database",
                command=postgres.server_command(cluster),
                address=str(cluster.socket_dir),
                environment=postgres_cluster.clean_environment(),
                cwd=Path("/"),
                is_ready=lambda: postgres.is_ready(cluster),
                is_leaned_on=True,
                stop_signal=postgres.FAST_SHUTDOWN,
                stop_seconds=20,
                before_start=lambda: postgres_cluster.prepare(cluster),
            )
        )
        self._line("database", f"PostgreSQL, socket in {cluster.socket_dir} (embedded)")
        self.cluster = cluster
        self.endpoints["DATABASE_URL"] = cluster.database_url

    def _start_chain(self) -> None:
        self.announce(f"{'contracts':<10} compiling what changed")
        contracts.compile_contracts(self.layout)
        if self.given.chain_rpc_url:
            self._use_given_chain(self.given.chain_rpc_url)
            return
        port, told = embedded_chain.take_port(self.layout)
        self._tell(told)
        self._tell(embedded_chain.prepare_state(self.layout))
        rpc_url = self._start_anvil(port)
        if not embedded_chain.stands(rpc_url, self._deployment_file):
            if self._deployment_file.exists():
                self._tell("the saved chain has lost its contracts; a fresh chain starts")
                self.supervisor.stop("chain")
                embedded_chain.set_aside(self.layout)
                self._start_anvil(port)
            self._deploy(rpc_url)
            embedded_chain.remember_identity(self.layout, anvil.genesis_hash(rpc_url))
            # A stop saves the chain: from now on a kill cannot lose the contracts.
            self.supervisor.stop("chain")
            self._start_anvil(port)
        if self.cluster is not None:
            genesis_hash = anvil.genesis_hash(rpc_url)
            self._tell(database_reset.set_aside_other_chain(self.cluster, genesis_hash))
        self._line("chain", f"{rpc_url} (embedded Anvil, chain id {anvil.CHAIN_ID})")
        self.endpoints["CHAIN_RPC_URL"] = rpc_url

    @property
    def _deployment_file(self) -> Path:
        return self.layout.deployment_file(anvil.CHAIN_ID)

    def _start_anvil(self, port: int) -> str:
        rpc_url = f"http://{HOST}:{port}"
        state = embedded_chain.state_file(self.layout)
        self.supervisor.start(
            Part(
                name="chain",
                command=anvil.quiet_command(port, state, embedded_chain.past_states(self.layout)),
                address=rpc_url,
                environment=anvil.environment(),
                cwd=self.layout.root,
                is_ready=lambda: anvil.answers(rpc_url),
                is_leaned_on=True,
                stop_signal=anvil.SAVE_AND_STOP,
                stop_seconds=20,
                before_start=lambda: embedded_chain.make_ready(self.layout),
            )
        )
        return rpc_url

    def _use_given_chain(self, rpc_url: str) -> None:
        chain_id = int(jsonrpc.call(rpc_url, "eth_chainId"), 16)
        if chain_id != self._chain_id:
            raise StackError(f"CHAIN_RPC_URL leads to chain {chain_id}, but CHAIN_ID says {self._chain_id}")
        self._line("chain", f"{without_secrets(rpc_url)} (chain id {chain_id})")
        deployment = self.layout.deployment_file(chain_id)
        if embedded_chain.stands(rpc_url, deployment):
            return
        if chain_id != anvil.CHAIN_ID:
            raise StackError(
                f"no contracts stand on chain {chain_id} ({deployment} is missing or another chain's); "
                "deploy them with contracts/deploy.py, or name their file in DEPLOYMENT_FILE"
            )
        if deployment.exists():
            kept = deployment.with_suffix(".previous.json")
            deployment.replace(kept)
            self._tell(
                f"the given chain does not carry the contracts of the last one; {kept} keeps their places"
            )
        self._deploy(rpc_url)

    def _deploy(self, rpc_url: str) -> None:
        self.announce(f"{'contracts':<10} deploying")
        keys = ensure_keys(self.layout.keys_dir)
        embedded_chain.fund(rpc_url, keys.addresses)
        parameters = self.layout.chain_dir / "parameters.json"
        write_parameters(contracts.local_parameters(self.layout), parameters, keys)
        contracts.deploy_contracts(
            self.layout,
            rpc_url=rpc_url,
            parameters=parameters,
            out=self._deployment_file,
            deployer_key=read_key(self.layout.keys_dir, "deployer"),
        )
        if not embedded_chain.stands(rpc_url, self._deployment_file):
            raise PartFailed("the contracts were deployed, but the chain does not show them")
        settle_actors(rpc_url, self._deployment_file, keys)

    def _make_tables_and_static_files(self) -> None:
        """Tables and static files at once: each spends its time on starting Django.

        Rows of other code are made anew before the site starts: a long replay locks them, and the site would
        not answer in its time.
        """
        self._manage(("migrate", "--noinput"), ("collectstatic", "--noinput"))
        self._manage(("rebuild_projections", "--outdated"))
        self.announce(f"{'tables':<10} migrated; static files collected")

    def _manage(self, *commands: tuple[str, ...]) -> None:
        """Runs these of manage.py beside each other, to their end."""
        started = [self._start_manage(*words) for words in commands]
        try:
            for name, process in started:
                if process.wait() != 0:
                    log = self.layout.log_file(name)
                    raise PartFailed(
                        f"manage.py {name} ended with code {process.returncode}. {tail(log, 12)}"
                    )
        finally:
            for _, process in started:
                if process.poll() is None:
                    process.kill()

    def _start_manage(self, name: str, *options: str) -> "tuple[str, subprocess.Popen[bytes]]":
        words = [sys.executable, str(self.layout.root / "manage.py"), name, *options, "-v", "1"]
        with self.layout.log_file(name).open("wb") as output:
            process = subprocess.Popen(
                words,
                cwd=self.layout.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        return name, process

    def _line(self, name: str, address: str) -> None:
        self.announce(f"{name:<10} {address}")

    def _tell(self, told: str | None) -> None:
        if told:
            self.announce(f"{'note':<10} {told}")
