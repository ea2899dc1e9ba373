import pytest
from pathlib import Path
from marketplace.models import Dataset
from tests.e2e.made_up_site import Watched, chromium, site, watching, fill
from tests.e2e.test_look import sign_in, UNFOLD
from tests.fakes import rows
__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)
OUT = Path("/tmp/newshots/mine"); OUT.mkdir(exist_ok=True)

def test_shots(chromium, site):
    fill()
    for width, scheme in ((1280, "light"), (390, "dark"), (390, "light")):
        with watching(chromium, site, width, scheme) as r:
            sign_in(r, rows.MEMBER)
            for key, js in (("measured", "1"), ("qsvm", "1"), ("vqe", "1"), ("qaoa", "1")):
                with rows.projecting():
                    Dataset.objects.filter(pk=1).update(algorithms=["qsvm"] if key == "measured" else [])
                r.open(f"/jobs/new?dataset=1&algorithm={key}")
                r.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true;")
                for sel in ("#noise", "#noise-evaluation"):
                    if r.page.is_visible(sel): r.page.select_option(sel, "asked")
                r.page.screenshot(path=str(OUT / f"{key}-{width}-{scheme}.png"), full_page=True)
            for name, address in (("job2", "/jobs/2"), ("keys", "/account/keys"), ("parameters", "/parameters")):
                r.open(address); r.page.wait_for_timeout(400)
                r.page.screenshot(path=str(OUT / f"{name}-{width}-{scheme}.png"), full_page=True)
