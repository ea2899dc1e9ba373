"""Deadlines, terms, words and results: the small pure rules."""

import pytest

from common.errors import InvalidInput
from qjobs.rules.dataset_terms import Terms, measured_rows_problem, sealed_files, terms_problem
from qjobs.rules.deadlines import deadlines_of
from qjobs.rules.results import Redrawn, result_of
from qjobs.rules.run_states import RunState
from qjobs.rules.spec_words import proposal_text, spec_in_words
from qjobs.rules.sub_states import Standing, sub_state
from qjobs.spec import build_spec
from qjobs.views.plot import measured_models
from tests.vectors.qjobs.energies import energy_spec
from tests.vectors.qjobs.reductions import reduction_spec
from tests.vectors.qjobs.specs import small_spec, two_irises_csv
from tests.vectors.qjobs.trained import qnn_spec

NOW = 1_000_000
OPEN = Terms(is_retired=False, allow_compute=True, algorithms=(), rows_in_model="public")
NOTHING_GIVEN = {"approve_by": None, "claim_by": None, "approve_seconds": None, "claim_seconds": None}
STANDING = Standing("requested", (), None, "", "", None, "2026-11-21T02:00:00Z", False)


@pytest.fixture
def spec():
    columns = {"features": ["a", "b", "c"], "label": "kind", "positive_label": "yes"}
    cid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
    return build_spec(
        {
            "title": "Three columns",
            "chain_id": "31337",
            "dataset_token": "0x" + "11" * 20,
            "datasets": [{"token_id": "4", "version": 2, "content_cid": cid, "columns": columns}],
            "qubits": 3,
            "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "5"},
        }
    )


def test_deadlines_given_as_seconds_count_from_the_chains_time():
    chosen = deadlines_of(**NOTHING_GIVEN | {"approve_seconds": 10, "claim_seconds": 20}, now=NOW)

    assert (chosen.approve_by, chosen.claim_by) == (NOW + 10, NOW + 20)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"approve_by": NOW}, "approve_by"),
        ({"claim_by": NOW - 1}, "claim_by"),
        ({"approve_by": NOW + 100, "claim_by": NOW + 99}, "claim_by"),
        ({"claim_by": NOW + 366 * 24 * 3600}, "claim_by"),
    ],
)
def test_deadline_that_passed_or_is_out_of_order_is_refused(given, field):
    with pytest.raises(InvalidInput) as refused:
        deadlines_of(**NOTHING_GIVEN | given, now=NOW)

    assert refused.value.field == field


def test_open_terms_allow_the_job():
    assert terms_problem(OPEN, "qsvm") is None


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        (Terms(True, True, (), "public"), "retired"),
        (Terms(False, False, (), "public"), "does not allow computing"),
        (Terms(False, True, ("qpca",), "public"), "only qpca, not qsvm"),
        (Terms(False, True, (), "never"), "support vectors of qsvm are rows"),
    ],
)
def test_terms_that_forbid_the_job_say_why(terms, word):
    assert word in terms_problem(terms, "qsvm")


def test_rows_that_are_allowed_only_sealed_are_sealed_where_one_file_holds_them_all():
    sealed = Terms(False, True, (), "sealed")

    assert terms_problem(sealed, "qsvm") is None
    assert "only sealed" in terms_problem(sealed, "qaoa")
    assert sealed_files(["public", "sealed"], "qsvm") == ("model.safetensors",)
    assert sealed_files(["public"], "qsvm") == sealed_files(["sealed"], "vqe") == ()


COUNTED = {
    "components": reduction_spec,
    "trained circuit": qnn_spec,
    "kernel machine": lambda **asked: small_spec(two_irises_csv(), **asked),
    "measured kernel": lambda **asked: small_spec(two_irises_csv(), engine="aer", shots=100),
}


@pytest.mark.attack("S32")
@pytest.mark.parametrize("kind", COUNTED)
def test_counts_of_single_rows_are_posted_only_of_rows_that_may_be_public(kind):
    spec = COUNTED[kind](noise_evaluation={"rows": 8})

    assert "no rows in public files" in measured_rows_problem("never", spec)
    assert "no rows in public files" in measured_rows_problem("sealed", spec)
    assert measured_rows_problem("public", spec) is None
    assert any("tell" in line and "of the rows" in line for line in spec_in_words(spec))


@pytest.mark.parametrize("kind", ["components", "trained circuit", "kernel machine"])
def test_groups_that_are_told_of_are_named_before_the_vote(kind):
    named = "Tells its score for each value of the columns field that at least 10 test rows have."

    assert named in spec_in_words(COUNTED[kind](group_columns=["field"]))
    assert named not in spec_in_words(COUNTED[kind]())


def test_exact_results_and_counts_that_no_row_is_written_into_are_for_any_rows():
    assert measured_rows_problem("never", reduction_spec()) is None
    assert measured_rows_problem("never", energy_spec(noise_evaluation={})) is None


def test_spec_in_words_names_what_decides_the_result(spec):
    words = " ".join(spec_in_words(spec))

    for part in ("dataset 4 version 2", "'kind'", "3 qubits", "5 random splits", "20%", "seed 7", "rbf"):
        assert part in words


def test_proposal_text_carries_title_note_and_digest(spec):
    text = proposal_text(job_id=9, spec_digest="0xabc", spec=spec, note="Please.")

    assert text.startswith("# Run job 9: Three columns\n\nPlease.")
    assert text.endswith("Spec: 0xabc")


def test_proposal_without_the_spec_at_hand_says_so():
    assert "nobody here can say" in proposal_text(job_id=9, spec_digest="0xabc", spec=None, note="")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({}, "waiting for a proposal"),
        ({"proposal_states": ("active",)}, "members are voting"),
        ({"job_state": "approved"}, "approved; waiting until the approval is final"),
        (
            {"job_state": "approved", "run_state": RunState.QUEUED},
            "approved for good; waiting for a worker",
        ),
        (
            {"job_state": "running", "run_state": RunState.RUNNING, "newest_message": "split 3 of 5"},
            "running: split 3 of 5",
        ),
        ({"job_state": "running", "executor": "0xE"}, "running at executor 0xE"),
        ({"job_state": "running", "run_state": RunState.LOST, "run_reason": "too late"}, "lost: too late"),
        ({"job_state": "window"}, "challenge window until 2026-11-21T02:00:00Z"),
        ({"job_state": "window", "is_window_over": True}, "waiting to be settled"),
        (
            {"job_state": "settled", "run_state": RunState.FAILED},
            "settled: the model is minted and everybody is credited",
        ),
    ],
)
def test_sub_state_says_what_the_job_waits_for(change, line):
    assert sub_state(Standing(**vars(STANDING) | change)) == line


def test_result_stands_beside_its_baselines_best_first():
    models = {
        "quantum": {"mean_accuracy": 0.9, "interval": [0.8, 1.0]},
        "linear_all": {"mean_accuracy": 0.7, "interval": [0.6, 0.8]},
        "rbf_reduced": {"mean_accuracy": 0.95, "interval": [0.9, 1.0]},
    }

    result = result_of({"models": models, "verdict": "classical", "verdict_sentence": "Classical wins."})

    assert (result.quantum.accuracy, result.verdict) == (0.9, "Classical wins.")
    assert [(one.name, one.features) for one in result.baselines] == [
        ("rbf_reduced", "reduced"),
        ("linear_all", "all"),
    ]


def test_interval_of_rows_drawn_again_is_told_in_points_and_beside_each_model():
    entry = {"mean_accuracy": 0.9, "interval": [0.8, 1.0], "bootstrap_interval": [0.85, 0.95]}
    older = {"mean_accuracy": 0.7, "interval": [0.6, 0.8]}
    comparison = {"baseline": "linear_all", "bootstrap_interval": [-0.25, 0.5]}
    metrics = {"models": {"quantum": entry, "linear_all": older}, "comparison": comparison}

    assert result_of({**metrics, "bootstrap_method": "drawn"}).redrawn == Redrawn(-25.0, 50.0, "drawn")
    assert result_of(metrics).redrawn == Redrawn(-25.0, 50.0, "")
    assert [each.redrawn for each in measured_models(metrics)] == [(0.85, 0.95), None]


@pytest.mark.parametrize(
    "ends", [None, 3, [], [0.1], [0.1, "1"], [0.1, 10**400], [0.1, True], [0.1, 0.2, 0.3]]
)
def test_rows_drawn_again_of_a_foreign_shape_are_left_out(ends):
    entry = {"mean_accuracy": 0.9, "interval": [0.8, 1.0], "bootstrap_interval": ends}
    metrics = {"models": {"quantum": entry}, "comparison": {"bootstrap_interval": ends}}

    assert result_of(metrics).redrawn is None
    assert [each.redrawn for each in measured_models(metrics)] == [None]


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"models": 3},
        {"models": {"quantum": None}},
        {"models": {"quantum": {"mean_accuracy": "1"}}},
        {"models": {"quantum": {"mean_accuracy": 10**400, "interval": [0, 1]}}},
        {"models": {"rbf_all": {"mean_accuracy": 0.5, "interval": [-(10**400), 1e308]}}},
    ],
)
def test_metrics_of_a_foreign_shape_give_an_empty_result(metrics):
    result = result_of(metrics)

    assert result.quantum is None
    assert result.baselines == ()
