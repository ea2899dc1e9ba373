"""What hardware would do, asked for by hand in a real Chromium: after the run, and in every kernel entry."""

from playwright.sync_api import expect

from qjobs.models import SpecDocument
from tests.e2e.made_up_site import Watched, chromium, site
from tests.e2e.test_job_form import pytestmark, researcher

__all__ = ["chromium", "pytestmark", "researcher", "site"]


def write(researcher: Watched) -> None:
    researcher.page.get_by_role("button", name="Write the document").click()


def test_an_evaluation_is_asked_for_on_a_device_of_ones_choice_and_taken_back(researcher: Watched) -> None:
    page = researcher.page
    researcher.open("/jobs/new?dataset=1&algorithm=qsvm")
    page.fill("#title", "On a device")
    page.get_by_text("What hardware would do").click()
    assert not page.is_visible("#noise-evaluation-device-engine")
    page.select_option("#noise-evaluation", "asked")
    assert page.is_visible("#noise-evaluation-device-noise-readout-error")
    page.fill("#noise-evaluation-device-noise-readout-error", "0.7")
    page.evaluate("document.forms[0].noValidate = true")
    write(researcher)
    beside = page.locator(".field:has(#noise-evaluation-device-noise-readout-error) .problem")
    expect(beside).to_contain_text("less than or equal to 0.5")
    page.select_option("#noise-evaluation-device-engine", "ibm-runtime")
    assert not page.is_visible("#noise-evaluation-device-noise-readout-error")
    page.fill("#qubits", "4")
    page.fill("#noise-evaluation-shots", "200")
    write(researcher)
    page.wait_for_url("**/jobs/new?spec=*")
    expect(page.locator("body")).to_contain_text("200 times a circuit on fake_manila")

    asked = SpecDocument.objects.get().spec["noise_evaluation"]
    assert asked == {"device": {"engine": "ibm-runtime", "backend": "fake_manila"}, "shots": 200, "rows": 16}

    researcher.open("/jobs/new?dataset=1&algorithm=qsvm")
    page.get_by_text("What hardware would do").click()
    page.select_option("#noise-evaluation", "")
    page.fill("#title", "Without it")
    write(researcher)
    page.wait_for_url("**/jobs/new?spec=*")
    assert "noise_evaluation" not in SpecDocument.objects.get(title="Without it").spec
    assert researcher.refusals() == []


def test_a_measured_kernel_is_asked_for_with_errors_and_on_a_fake_backend(researcher: Watched) -> None:
    page = researcher.page
    researcher.open("/jobs/new?dataset=1")
    page.get_by_role("link", name="Classify rows, measured").click()
    page.fill("#title", "As hardware would train it")
    page.fill("#qubits", "3")
    page.select_option("#noise", "asked")
    page.fill("#noise-readout-error", "0.03")
    page.get_by_text("How it is trained and measured").click()
    write(researcher)
    beside = page.locator(".field:has(#limits-run-seconds) .problem")
    expect(beside).to_contain_text("the limit is 600 s")
    page.fill("#limits-run-seconds", "50000")
    write(researcher)
    page.wait_for_url("**/jobs/new?spec=*")
    expect(page.locator("body")).to_contain_text("Measures every kernel entry of the training 1000 times")

    researcher.open("/jobs/new?dataset=1&algorithm=measured")
    page.fill("#title", "On a fake backend")
    page.select_option("#noise", "asked")
    page.select_option("#engine", "ibm-runtime")
    assert not page.is_visible("#noise")
    assert not page.is_visible("#noise-readout-error")
    page.select_option("#backend", "fake_jakarta")
    write(researcher)
    page.wait_for_url("**/jobs/new?spec=*")

    noisy, fake = (SpecDocument.objects.get(spec__engine=name).spec for name in ("aer", "ibm-runtime"))
    assert noisy["noise"] == {"one_qubit_error": 0.0005, "two_qubit_error": 0.01, "readout_error": 0.03}
    assert (noisy["shots"], noisy["splits"]["count"]) == (1000, 3)
    assert (fake["backend"], fake["noise"]) == ("fake_jakarta", None)
    assert researcher.refusals() == []
