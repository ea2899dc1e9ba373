"""The doctor speaks about a checkout in which nothing is set up, and never shows a secret."""

import json
import subprocess
import sys

import pytest

from config.stack import doctor, doctor_parts, doctor_setup
from config.stack.layout import ROOT, Layout
from config.stack.ports import unused_port


@pytest.fixture
def bare(tmp_path):
    """A checkout fresh from git."""
    return Layout(tmp_path, tmp_path / "var")


def test_each_missing_piece_is_named_with_what_brings_it(bare):
    for check in (doctor_setup.contract_tools, doctor_setup.npm_packages):
        finding = check(bare, {})

        assert finding.is_broken
        assert "make setup" in finding.text


def test_contracts_that_are_not_compiled_stop_nothing(bare):
    finding = doctor_setup.compiled_contracts(bare, {})

    assert not finding.is_broken


def test_a_killed_stack_leaves_a_stale_pid_file_which_is_said(bare):
    bare.make_folders()
    bare.pid_file.write_text(json.dumps({"pid": 1, "started": "1"}))

    assert "stale" in doctor_parts.stack(bare, {}).text


@pytest.mark.parametrize(
    ("check", "variable", "url"),
    [
        (doctor_parts.database, "DATABASE_URL", "postgresql://site:hunter2@127.0.0.1:{port}/qommons"),
        (doctor_parts.queue, "BROKER_URL", "redis://:hunter2@127.0.0.1:{port}/0"),
        (doctor_parts.chain, "CHAIN_RPC_URL", "http://site:hunter2@127.0.0.1:{port}/hunter2"),
        (doctor_parts.content, "IPFS_API_URL", "http://site:hunter2@127.0.0.1:{port}"),
    ],
)
def test_a_given_part_that_does_not_answer_is_broken_and_its_secret_stays_hidden(bare, check, variable, url):
    finding = check(bare, {variable: url.format(port=unused_port())})

    assert finding.is_broken
    assert variable in finding.text
    assert "hunter2" not in finding.text


@pytest.mark.parametrize("check", [doctor_parts.queue, doctor_parts.chain, doctor_parts.content])
def test_an_embedded_part_is_fine_before_its_first_start(bare, check):
    assert check(bare, {}).is_fine


def test_keys_that_others_can_read_are_named(bare):
    bare.make_folders()
    (bare.keys_dir / "faucet.key").write_text("x")
    (bare.keys_dir / "faucet.key").chmod(0o644)

    assert "faucet.key" in doctor_setup.keys_privacy(bare, {}).text


def test_the_exit_code_is_one_when_something_needed_is_broken(bare, capsys):
    assert doctor.report(bare, {}) == 1
    assert "must be put right" in capsys.readouterr().out


def test_it_speaks_with_the_standard_library_alone(tmp_path):
    """As on a fresh machine: no site packages at all."""
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "config.stack.doctor"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode in {0, 1}, ended.stderr
    assert "python" in ended.stdout
    assert "Traceback" not in ended.stderr
