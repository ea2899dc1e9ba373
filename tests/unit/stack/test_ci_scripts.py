"""The scripts of `make check` and `make test`: limits, reports, required groups, the last line."""

import importlib.util
import sys
from pathlib import Path

import pytest

from config.stack.layout import ROOT

SCRIPTS = ROOT / "deploy" / "ci"


def load(name):
    """A script of deploy/ci as a module; its siblings are imported by plain name, as when it is run."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


run_checks = load("run_checks")
run_tests = load("run_tests")
check_sizes = load("check_sizes")
setup = load("setup")

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.stack.test_ports" name="good"/>
<testcase classname="tests.unit.stack.test_ports" name="bad"><failure message="1 == 2">x</failure></testcase>
<testcase classname="tests.integration.redis.test_queue" name="away"><skipped message="no redis"/></testcase>
<testcase classname="tests.e2e.test_up" name="teardown"/>
<testcase classname="tests.e2e.test_up" name="teardown"><error message="left a process"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def outcomes(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    return run_tests.read_report(tmp_path / "report.xml")


def complaints(text, name="app/file.py"):
    return list(check_sizes.complaints_of(Path(name), text))


def test_a_file_at_the_wall_passes_and_one_line_more_is_refused():
    assert complaints("x = 1\n" * 400) == []
    assert "401 lines" in complaints("x = 1\n" * 401)[0]


def test_a_function_at_the_wall_passes_and_one_line_more_is_refused():
    assert complaints("def work():\n" + "    x = 1\n" * 59) == []
    assert "work has 61 lines" in complaints("def work():\n" + "    x = 1\n" * 60)[0]


def test_an_own_import_in_a_function_is_refused_and_a_foreign_one_passes():
    assert "hidden in work" in complaints("def work():\n    from chain import client\n")[0]
    assert "hidden in work" in complaints("def work():\n    from . import client\n")[0]
    assert complaints("def work():\n    import json\n") == []


def test_an_own_import_in_a_function_needs_a_reason():
    line = "def work():\n    from chain import client  # noqa: PLC0415"

    assert complaints(line + "\n") != []
    assert complaints(line + " (settings must be configured first)\n") == []


def test_a_test_that_fails_in_its_teardown_counts_once_as_failed(outcomes):
    assert [outcome.result for outcome in outcomes] == ["passed", "failed", "skipped", "failed"]


def test_a_suite_that_names_modules_from_its_own_folder_on_is_put_below_it(outcomes):
    short = run_tests.Outcome("test_wiring", "test_once", "passed")

    assert run_tests.under("tests/contracts", short).group == "tests.contracts.test_wiring"
    assert run_tests.under("tests", outcomes[0]) == outcomes[0]


def test_the_last_line_adds_failed_checks(outcomes):
    assert run_tests.summary(outcomes, 0) == "1 passed, 2 failed, 1 skipped"
    assert run_tests.summary(outcomes, 1) == "1 passed, 3 failed, 1 skipped"


def test_a_group_that_was_only_skipped_did_not_run(outcomes):
    required = ["tests.unit.stack", "tests.integration.redis", "tests.unit.stac"]

    assert run_tests.groups_that_did_not_run(required, outcomes) == [
        "tests.integration.redis",
        "tests.unit.stac",
    ]


def test_a_skip_is_a_complaint_only_where_everything_is_required(outcomes):
    assert len(run_tests.complaints(outcomes, [], requires_all=False)) == 2
    assert len(run_tests.complaints(outcomes, ["tests.e2e"], requires_all=True)) == 4


def test_the_required_groups_are_read_without_their_comments():
    assert run_tests.required_groups("# why\ntests.unit  # fast\n\ntests.e2e\n") == [
        "tests.unit",
        "tests.e2e",
    ]


def test_a_run_that_breaks_off_without_a_report_counts_as_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)

    broken = run_tests.Suite("broken", "tests", [sys.executable, "-c", "raise SystemExit(3)"], {})

    assert [outcome.result for outcome in run_tests.run_suite(broken)] == ["failed"]


def test_suites_run_at_once_and_each_ones_outcome_and_words_are_told(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)
    wait_for = "import pathlib, sys, time\nfolder, mine, other, fate = sys.argv[1:5]\n"
    wait_for += "pathlib.Path(folder, mine).touch(); print('words of', mine, flush=True)\n"
    wait_for += "while not pathlib.Path(folder, other).exists(): time.sleep(0.01)\n"
    wait_for += "pathlib.Path(sys.argv[5].partition('=')[2]).write_text("
    wait_for += 'f\'<r><testcase classname="tests.{mine}" name="t">{fate}</testcase></r>\')'

    def suite(name, other, fate):
        script = [sys.executable, "-c", wait_for, str(tmp_path), name, other, fate]
        return run_tests.Suite(name, "tests", script, {})

    outcomes = run_tests.run_together([suite("one", "two", "")], [suite("two", "one", "<failure/>")])

    assert {outcome.group: outcome.result for outcome in outcomes} == {
        "tests.one": "passed",
        "tests.two": "failed",
    }
    assert "words of two" in capfd.readouterr().out


class Making:
    """A set-up step that counts how often it is done, and ends as told."""

    def __init__(self, folder, ending=None):
        self.folder, self.ending, self.times = folder, ending, 0
        self.found = []

    def __call__(self):
        self.times += 1
        self.folder.mkdir(exist_ok=True)
        self.found = sorted(file.name for file in self.folder.iterdir() if not file.name.startswith("."))
        (self.folder / "half").touch()
        if self.ending is not None:
            raise self.ending


def test_a_step_is_done_once_and_again_when_its_inputs_change(tmp_path):
    (tmp_path / "inputs").write_text("1")
    make = Making(tmp_path / "made")
    step = setup.Step("a step", tmp_path / "made", (str(tmp_path / "inputs"),), make)

    setup.bring_up_to_date(step)
    setup.bring_up_to_date(step)
    assert make.times == 1

    (tmp_path / "inputs").write_text("2")
    setup.bring_up_to_date(step)
    assert make.times == 2


def test_a_step_killed_half_way_starts_from_nothing_and_one_that_failed_goes_on(tmp_path):
    (tmp_path / "made").mkdir()
    make = Making(tmp_path / "made", ending=KeyboardInterrupt())
    step = setup.Step("a step", tmp_path / "made", (), make)

    with pytest.raises(KeyboardInterrupt):
        setup.bring_up_to_date(step)
    make.ending = setup.SetupFailed("no network")
    with pytest.raises(setup.SetupFailed):
        setup.bring_up_to_date(step)
    assert make.found == []

    make.ending = None
    setup.bring_up_to_date(step)
    assert make.found == ["half"]
