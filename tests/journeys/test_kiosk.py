"""The kiosk in a real browser, by touch alone, 1080 × 1920: every path, and what stays of a person: nothing."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import time
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from counter.kiosk import COUNTDOWN, WARN_AFTER
from counter.languages import Language
from tests.journeys.conftest import AXE, CHROMIUM, COLOURS, QUIET, axe_faults
from tests.kiosks import code_for

SCREEN = {"width": 1080, "height": 1920}
LEAST = 60  # pixels, look.md
SCREENS = (
    "/borne", "/borne/langue", "/borne/urgence", "/borne/demarches", "/borne/demarches/souvent",
    "/borne/demarches/sujets", "/borne/demarches/sujets/demander", "/borne/chercher", "/borne/fiche/dtr-rsa",
    "/borne/fiche/dtr-rsa/etape/3", "/borne/fiche/dtr-rsa/fin", "/borne/fiche/declarer-grossesse", "/borne/point",
    "/borne/point/4", "/borne/entrainement", "/borne/entrainement/creer-mon-compte", "/borne/rendez-vous",
    "/borne/mon-rendez-vous", "/borne/mon-rendez-vous/code", "/borne/papier", "/borne/nulle-part", "/borne/parler",
    "/borne/ticket", "/borne/je-suis-la", "/borne/je-suis-la/code", "/borne/je-suis-la/jour",
)  # fmt: skip
SMALL = """(least) => [...document.querySelectorAll('a, button, input, summary')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && !one.closest('.visually-hidden, dialog:not([open]), .meaning')
    && (box.width < least - 0.5 || box.height < least - 0.5);
}).map((one) => one.outerHTML.slice(0, 90) + ' ' + Math.round(one.getBoundingClientRect().height))"""


TYPED = "[...document.querySelectorAll('input:not([type=hidden])')].map((input) => input.value).join('')"


SENSES = """[...document.querySelectorAll('main a:is([rel=prev], [rel=next]) svg')].map(
  (one) => new DOMMatrix(getComputedStyle(one).transform).a)"""


class Toucher:
    """Someone who touches the screen of a kiosk. Each screen met is looked at by axe and measured."""

    def __init__(self, page, address: str, scripts: bool = True):
        self.page, self.address, self.scripts = page, address, scripts
        self.axe = AXE
        self.complaints: list[str] = []
        self.seen: set[str] = set()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def enrol(self, code: str) -> None:
        self.page.goto(self.address + "/borne")
        self.page.fill("#code", code)
        with self.page.expect_navigation():
            self.page.tap("main button")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def touch(self, selector: str, stays: bool = False) -> None:
        """Touch something; it leads to another screen unless it `stays`."""
        target = self.page.locator(f"{selector} >> visible=true").first
        if stays:
            target.tap()
        else:
            with self.page.expect_navigation():
                target.tap()
            self.look()

    def write(self, keys: str) -> None:
        for key in keys:
            self.touch(f'button.tap[value="{key}"]', stays=self.scripts)
        self.touch("button[name=fini]")

    @property
    def h1(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().replace("\u00a0", " ").split())

    def look(self) -> None:
        assert not self.complaints, self.complaints
        if not self.scripts or self.h1 in self.seen:
            return
        self.seen.add(self.h1)
        assert self.page.evaluate(SMALL, LEAST) == [], self.page.url
        assert not (faults := axe_faults(self.page, self.axe)), f"{self.page.url}: {faults}"


@pytest.fixture
def before_kiosk(app, chromium, address):
    """Makes someone before an enrolled kiosk."""
    contexts = []

    def make(scripts: bool = True, **options) -> Toucher:
        options = {"viewport": SCREEN, "has_touch": True, "locale": "fr-FR"} | options
        context = chromium.new_context(java_script_enabled=scripts, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        person = Toucher(context.new_page(), address, scripts)
        person.enrol(code_for(app))
        return person

    yield make
    for context in contexts:
        context.close()


def up_to_the_summary(person: Toucher) -> None:
    person.go("/borne")
    person.touch("text=Prendre un rendez-vous")
    person.touch("main button[name=choix]")
    person.touch("button[value=sur-place]")
    for _ in ("place", "day", "hour"):
        person.touch("main button[name=choix]")
    person.write("ZOÉ")
    person.write("INTROUVABLE")
    person.touch('button[value="7"]')
    person.touch('button[value="3"]')
    person.touch("button[name=sans]")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_booking_by_touch_ends_with_a_slip_whose_code_square_is_the_appointment(before_kiosk, scripts):
    person = before_kiosk(scripts=scripts)
    up_to_the_summary(person)
    assert person.h1 == "Relisez votre rendez-vous"
    person.touch("main form button.sun")
    assert person.h1 == "Votre rendez-vous est noté"
    assert "Zoé" not in person.page.title()  # the name of a job in the printer's list
    code = person.page.locator("dd.code").first.inner_text()
    paper = pypdfium2.PdfDocument(person.page.pdf())
    text = paper[0].get_textpage().get_text_range()
    assert code in text and "À apporter" in text
    for screen_only in ("Appeler un agent", "Quitter vite", "Imprimer"):
        assert screen_only not in text
    shown = zxingcpp.read_barcodes(paper[0].render(scale=3).to_pil())
    assert [square.text for square in shown if "BEGIN:VEVENT" in square.text]
    person.touch("text=J'ai fini")
    assert person.h1 == "Bonjour"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_screen_is_accessible_wide_enough_to_touch_and_never_scrolls_sideways(before_kiosk, language):
    person = before_kiosk()
    person.go("/borne/langue")
    person.touch(f"button[value={language}]")
    if language != "fr":
        person.axe = COLOURS  # the same page, other letters
    wide = {}
    for path in SCREENS:
        person.page.set_viewport_size(SCREEN)
        person.go(path)
        person.page.set_viewport_size({"width": 320, "height": 640})
        wide[path] = person.page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 320} == {}


def test_larger_and_with_more_contrast_everything_still_holds(before_kiosk):
    person = before_kiosk()
    person.go("/borne")
    for choice in ("grand", "contraste", "calme"):
        person.touch(f"button[value={choice}]")
    person.seen.clear()
    person.axe = COLOURS
    wide = {}
    for path in SCREENS:
        person.go(path)
        wide[path] = person.page.evaluate("document.documentElement.scrollWidth")
        assert person.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 34
    assert {path: width for path, width in wide.items() if width > 1080} == {}


HIDDEN = """(words) => {
  const one = [...document.querySelectorAll('main a, main button')].find((one) => one.innerText.includes(words));
  const box = one.getBoundingClientRect(), foot = document.querySelector('footer').getBoundingClientRect();
  return box.height < 1 || box.bottom > foot.top + 1;
}"""


@pytest.mark.parametrize("large", [False, True], ids=["as it is", "larger"])
def test_the_way_on_stands_above_the_foot_and_what_goes_on_below_is_told(before_kiosk, large):
    person = before_kiosk()
    person.go("/borne")
    if large:
        person.touch("button[value=grand]")
    person.touch("text=Prendre un rendez-vous")
    assert not person.page.evaluate(HIDDEN, "D'autres choix")
    up_to_the_summary(person)
    assert not person.page.evaluate(HIDDEN, "C'est bon")
    person.touch("main form button.sun")
    assert not person.page.evaluate(HIDDEN, "J'ai fini") and not person.page.evaluate(HIDDEN, "Imprimer")
    sign = "+getComputedStyle(document.querySelector('.below span')).opacity"
    longer = person.page.evaluate("(main => main.scrollHeight > main.clientHeight + 1)(document.querySelector('main'))")
    assert (longer or not large) and person.page.evaluate(sign) == (1 if longer else 0)
    person.page.evaluate("document.querySelector('main').scrollTo(0, 9999)")
    person.page.wait_for_function(f"{sign} === 0")


def test_larger_nothing_stands_beside_the_screen_in_any_language(before_kiosk):
    person, wide = before_kiosk(), {}
    person.look = lambda: None  # axe has its own test
    person.go("/borne")
    person.touch("button[value=grand]")
    for language in Language:
        person.go("/borne/langue")
        person.touch(f"button[value={language}]")
        for path in ("/borne", "/borne/rendez-vous", "/borne/langue"):
            person.go(path)
            wide[language, path] = person.page.evaluate("document.documentElement.scrollWidth")
    assert {where: width for where, width in wide.items() if width > 1080} == {}


def test_a_sheet_is_followed_and_a_short_diagnosis_answered_by_touch(before_kiosk):
    person = before_kiosk()
    person.go("/borne")
    person.touch("text=Faire une démarche")
    person.touch("text=Je ne sais pas")
    person.touch("text=Commencer")
    for number in range(10):
        person.touch(f'button[name=reponse][value="{number % 3}"]')
    person.touch("text=Essayer ici")
    person.touch("text=Me connecter à Mon Compte")
    person.touch("text=Commencer")
    while person.h1 != "C'est fait":
        person.touch("a[rel=next]")


# ── the clock ───────────────────────────────────────────────────────────────────────────────────


def wait(person: Toucher, seconds: float) -> None:
    person.page.clock.fast_forward(int(seconds * 1000))


def test_the_screen_asks_first_gives_more_time_ten_times_and_then_wipes(before_kiosk):
    person = before_kiosk()
    person.page.clock.install()
    up_to_the_summary(person)
    warning = person.page.locator("dialog#encore")
    for _ in range(10):
        wait(person, WARN_AFTER.total_seconds() - 2)
        assert not warning.is_visible()
        wait(person, 3)
        warning.wait_for()
        wait(person, COUNTDOWN.total_seconds() - 5)
        person.page.locator("dialog#encore button").tap()
        warning.wait_for(state="hidden")
    assert person.h1 == "Relisez votre rendez-vous"
    wait(person, WARN_AFTER.total_seconds() + 1)
    warning.wait_for()
    assert axe_faults(person.page, AXE) == []
    with person.page.expect_navigation():
        wait(person, COUNTDOWN.total_seconds() + 1)
    assert person.h1 == "Bonjour"
    nothing_of_them(person)


def test_the_first_screen_asks_nobody_and_takes_back_in_silence_what_was_set(before_kiosk):
    person = before_kiosk()
    person.page.clock.install()
    person.go("/borne")
    person.touch("button[value=contraste]")
    wait(person, WARN_AFTER.total_seconds() + 2)
    person.page.wait_for_timeout(1500)
    assert not person.page.locator("dialog#encore").is_visible()
    assert person.page.locator("html.contraste").count() == 1
    with person.page.expect_navigation():
        wait(person, COUNTDOWN.total_seconds())
    assert person.h1 == "Bonjour" and person.page.locator("html.contraste").count() == 0
    wait(person, WARN_AFTER.total_seconds() + 2)
    person.page.wait_for_timeout(1500)
    assert not person.page.locator("dialog#encore").is_visible()


# ── what is wrong, what leads on ────────────────────────────────────────────────────────────────


def test_what_is_wrong_takes_the_focus_so_that_it_is_read_first(before_kiosk):
    person = before_kiosk()
    up_to_the_summary(person)
    person.touch('a[aria-label$="Naissance"]')
    person.touch('button[value="31"]')
    person.touch('button[value="2"]')
    assert "Ce jour n'existe pas" in person.page.locator(":focus").inner_text()


def test_arrows_lead_the_way_one_reads_and_a_tick_stays_a_tick(before_kiosk):
    person = before_kiosk()
    for language, first in (("fr", 1), ("ar", -1)):
        person.go("/borne/langue")
        person.touch(f"button[value={language}]")
        for path in ("/borne/fiche/dtr-rsa", "/borne/point", "/borne/fiche/dtr-rsa/etape/3"):
            person.go(path)
            assert set(person.page.evaluate(SENSES)) == {first}, (language, path)
        while person.page.locator("a[rel=next].done").count() == 0:
            person.touch("a[rel=next]")
        assert set(person.page.evaluate(SENSES)) == {first, 1}, "« Avant », and the tick"


# ── nothing of a person stays ───────────────────────────────────────────────────────────────────


def nothing_of_them(person: Toucher) -> None:
    """Not on the screen, nor behind it: history, fields, storage, cookies."""
    page = person.page
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])")
    assert kept == '[{},{},"",null]'
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"borne", "counter"}
    for _ in range(8):
        assert "ntrouvable" not in page.content()
        assert "Zoé" not in page.content()
        assert page.evaluate(TYPED) == ""
        assert not {"ntrouvable", "zo%C3%A9"} & set(page.url.lower().split("/"))
        if page.go_back() is None:
            break
    person.go("/borne/rendez-vous/nom")
    assert "ntrouvable" not in page.content()


@pytest.mark.parametrize("way", ["Quitter vite", "J'ai fini"])
def test_whoever_leaves_leaves_nothing(before_kiosk, way):
    person = before_kiosk()
    up_to_the_summary(person)
    if way == "J'ai fini":
        person.touch("main form button.sun")
    person.touch(f"text={way}")
    assert person.h1 == "Bonjour"
    nothing_of_them(person)


def test_a_browser_that_is_killed_leaves_nothing_on_the_disk_nor_in_the_next_window(app, chromium, address, tmp_path):
    if not CHROMIUM:
        pytest.skip("Chromium is missing: apt-get install chromium")
    profile = tmp_path / "profile"
    options = {"executable_path": CHROMIUM, "args": QUIET, "viewport": SCREEN, "has_touch": True}

    def opened():
        return chromium.browser_type.launch_persistent_context(str(profile), **options)

    context = opened()
    person = Toucher(context.pages[0], address)
    person.seen = {"Bonjour"}
    person.enrol(code_for(app))
    context.close()  # as every evening
    context = opened()
    person = Toucher(context.pages[0], address, scripts=True)
    person.look = lambda: None
    up_to_the_summary(person)
    time.sleep(1)  # the browser writes its session files a moment later
    _kill(profile)
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert [path for path in files if _holds(path, "borne/rendez-vous")], "what the browser keeps was looked at"
    assert [path.name for path in files if _holds(path, "ntrouvable", "NTROUVABLE")] == []
    context = opened()
    person = Toucher(context.pages[0], address)
    person.go("/borne")
    assert person.h1 == "Bonjour", "the device is still the kiosk"
    nothing_of_them(person)
    context.close()


def _kill(profile) -> None:
    """The end of a browser whose plug is pulled."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--user-data-dir={profile}".encode() in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
    time.sleep(0.5)


def _holds(path, *words: str) -> bool:
    content = path.read_bytes()
    return any(word.encode(code) in content for word in words for code in ("utf-8", "utf-16-le"))


def test_a_sheet_printed_by_the_kiosk_is_the_whole_sheet_and_nothing_of_the_screen(before_kiosk):
    person = before_kiosk()
    person.go("/borne/fiche/dtr-rsa")
    person.page.locator(".takeaway svg").scroll_into_view_if_needed()
    seen = Image.open(io.BytesIO(person.page.locator(".takeaway svg").screenshot()))
    assert [square.text for square in zxingcpp.read_barcodes(seen)] == ["https://www.caf.fr"]
    paper = pypdfium2.PdfDocument(person.page.pdf())
    assert "Déclarer mes ressources pour le RSA" in paper[0].get_textpage().get_text_range()
    whole = " ".join(page.get_textpage().get_text_range().replace("\u00a0", " ") for page in paper)
    assert "Et après ?" in whole
    assert "Retour" not in paper[0].get_textpage().get_text_range()
