"""Takes the pictures of the README from a running site: `.venv/bin/python docs/screenshots.py http://127.0.0.1:8000`."""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "pictures"
QUALITY = 70
WIDTH, HEIGHT = 1280, 860
PICTURES = (
    ("home", "/", "light"),
    ("dataset", "/datasets/1", "light"),
    ("proposal", "/proposals", "dark"),
    ("job", "/jobs/1", "light"),
    ("model", "/models/1", "dark"),
)


def main() -> None:
    """Opens each page in Chromium and writes one small JPEG a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", help="the address of a site on which the demo has run")
    site = parser.parse_args().site.rstrip("/")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, address, scheme in PICTURES:
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            page = context.new_page()
            page.goto(site + address, wait_until="load")
            if address == "/proposals":
                page.locator(".rows h2 a").first.click()
                page.wait_for_url("**/proposals/*", wait_until="load")
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
