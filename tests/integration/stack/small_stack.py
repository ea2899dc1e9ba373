"""A small stack for the tests, run as a program: database, chain, a part that ignores SIGTERM, one that dies.

python -m tests.integration.stack.small_stack VAR_DIR CHAIN_PORT
"""

import os
import signal
import sys
import time
from pathlib import Path

from config.stack import anvil, embedded_chain, postgres, postgres_cluster, stack
from config.stack.guard import StopRequested
from config.stack.layout import ROOT, Layout
from config.stack.parts import Part
from config.stack.supervisor import Supervisor
from config.stack.tether import tethered

# Its child is in a session of its own, and neither heeds SIGTERM: only what walks the whole tree ends both.
STUBBORN = "trap '' TERM; setsid sleep 86400 & sleep 86400"


def parts(layout: Layout, chain_port: int) -> list[Part]:
    cluster = postgres_cluster.cluster_of(layout)
    state = embedded_chain.state_file(layout)
    rpc_url = f"http://127.0.0.1:{chain_port}"
    shell = {"address": "", "environment": dict(os.environ), "cwd": ROOT}
    return [
        Part(
            name="database",
            command=postgres.server_command(cluster),
            address=str(cluster.socket_dir),
            environment=postgres_cluster.clean_environment(),
            cwd=Path("/"),
            is_ready=lambda: postgres.is_ready(cluster),
            is_leaned_on=True,
            stop_signal=postgres.FAST_SHUTDOWN,
            before_start=lambda: postgres_cluster.prepare(cluster),
        ),
        Part(
            name="chain",
            command=anvil.quiet_command(chain_port, state, embedded_chain.past_states(layout)),
            address=rpc_url,
            environment=anvil.environment(),
            cwd=ROOT,
            is_ready=lambda: anvil.answers(rpc_url),
            is_leaned_on=True,
            stop_signal=anvil.SAVE_AND_STOP,
            before_start=lambda: embedded_chain.make_ready(layout),
        ),
        Part(name="stubborn", command=tethered(["/bin/sh", "-c", STUBBORN]), stop_seconds=1, **shell),
        Part(name="dying", command=tethered(["/bin/sh", "-c", "sleep 0.2; exit 3"]), **shell),
    ]


def supervise(layout: Layout, chain_port: int) -> int:
    supervisor = Supervisor(layout, stack.announce)
    try:
        for part in parts(layout, chain_port):
            supervisor.start(part)
        supervisor.write_state("ready")
        while True:
            supervisor.check()
            time.sleep(0.05)
    except StopRequested:
        return 0
    finally:
        supervisor.stop_all()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us with it ignored
    var, port = Layout(ROOT, Path(sys.argv[1])), int(sys.argv[2])
    sys.exit(stack.run_locked(var, lambda: supervise(var, port)))
