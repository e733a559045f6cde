"""A real server and a real browser: Debian's Chromium, driven by Playwright, axe on each page."""

from __future__ import annotations

import os
import re
import shutil
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# Only faults are gathered: telling every element that is right costs more than finding those that are wrong.
_FAULTS = {"resultTypes": ["violations"]}
_LEVELS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = _FAULTS | {"runOnly": {"type": "tag", "values": _LEVELS}}
# In the dark the same page differs by its colours alone.
COLOURS = _FAULTS | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]}
}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip

# Says whether the press just made opens another page in this one: heard last, after the page's own scripts.
WATCH = """() => {
  window.leaving = false;
  const away = (event, target, path) => {
    if (!event.defaultPrevented && target !== "_blank" && path !== null) window.leaving = true;
  };
  window.addEventListener("submit", (event) =>
    away(event, event.submitter?.formTarget || event.target.target, event.target.action));
  window.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    const here = link.hash && link.href.split("#")[0] === location.href.split("#")[0];
    away(event, link.target, here ? null : link.href);
  });
}"""
# The same read from the page as it stands, for a browser without scripts, where no listener runs.
LEADS_AWAY = """(pressed) => {
  const link = pressed.closest("a[href]"), button = pressed.closest("button"), form = button?.form;
  if (link) return link.target !== "_blank" && !link.getAttribute("href").startsWith("#");
  return Boolean(form) && button.type === "submit" && button.formTarget !== "_blank" && form.target !== "_blank"
    && (form.noValidate || button.formNoValidate || form.checkValidity());
}"""


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def address(app):
    """The application on a port of its own; several requests at a time, as with Waitress."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


_accessible: set[int] = set()


def axe_faults(page: BrowserPage, options: dict) -> list[str]:
    """What axe finds on the page as it stands. One that only has other words than a page it has seen in a window of the
    same size (the same tags, the same classes) is not looked at again."""
    wordless = re.sub(r">[^<]+<", ">…<", page.content())
    shape = re.sub(r' (?!class=|role=|type=|lang=|dir=|alt=|aria-)([\w-]+)="[^"]+"', r" \1", wordless)
    look = hash((shape, str(options), str(page.viewport_size)))
    if look in _accessible:
        return []
    found = Axe().run(page, options=options).response["violations"]
    if not found:
        _accessible.add(look)
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:160]}" for v in found]


class Person:
    """Someone before the screen: clicks are counted, every page met is checked by axe, and a complaint
    of the browser (a refused script, a lost file) fails the test."""

    def __init__(self, page: BrowserPage, address: str, scripts: bool):
        self.page, self.address, self.scripts = page, address, scripts
        self.axe = AXE
        self.clicks = 0
        self.met: list[str] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message))

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def click(self, selector: str) -> None:
        """Presses, and waits for the page this leads to, if it leads to one: Playwright's own click does not."""
        self.clicks += 1
        pressed = self.page.locator(selector).first
        if self.scripts:
            self.page.evaluate(WATCH)
            pressed.click()
            self.page.wait_for_function("!window.leaving")  # a new page knows nothing of it
        elif pressed.evaluate(LEADS_AWAY):
            with self.page.expect_navigation():
                pressed.click()
        else:
            pressed.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.fill(f"#{name.replace('__', '-')}", value)

    def paper(self, words: str) -> bytes:
        """What the print link opens: one click."""
        self.clicks += 1
        link = self.page.locator(f'a[target=_blank]:has-text("{words}")').first
        return self.page.request.get(self.address + link.get_attribute("href")).body()

    @property
    def h1(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().replace("\u00a0", " ").split())

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("body").inner_text().replace("\u00a0", " ").split())

    def look(self) -> None:
        """axe on the page as it stands, once for each page and state."""
        assert not self.complaints, self.complaints
        key = f"{self.page.url.split('?')[0]} {self.page.title()}"
        if self.scripts and key not in self.met:
            self.met.append(key)
            assert not (faults := axe_faults(self.page, self.axe)), f"{self.page.url}: {faults}"


@pytest.fixture
def person_with(chromium, address):
    """Makes a person: `person_with(scripts=False)`, `person_with(color_scheme="dark")`…"""
    contexts = []

    def make(scripts: bool = True, **options) -> Person:
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "fr-FR"} | options
        context = chromium.new_context(java_script_enabled=scripts, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        person = Person(context.new_page(), address, scripts)
        person.axe = COLOURS if options.get("color_scheme") == "dark" else AXE
        return person

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def person_with_devices(chromium, address):
    """A person whose browser has a camera and a microphone that play by themselves, and lets pages use them."""
    pretend = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *pretend])
    context = browser.new_context(locale="fr-FR", permissions=["camera", "microphone"])
    context.set_default_timeout(30_000)
    yield Person(context.new_page(), address, scripts=True)
    browser.close()
