"""By touch alone, before the kiosk of the lobby: someone is called, and comes; the screen shows a number by itself."""

from __future__ import annotations

from counter.security import KIOSK_COOKIE
from tests.journeys.test_whole_visit import sign_in
from tests.kiosks import enrolled

PORTRAIT = {"viewport": {"width": 1080, "height": 1920}, "has_touch": True}


def before_kiosk(person_with, app, name: str, **options):
    """A person before a kiosk of L'Arbresle, by touch."""
    token = enrolled(app, name=name).client.get_cookie(KIOSK_COOKIE).value
    person = person_with(**(PORTRAIT | options))
    person.page.context.add_cookies([{"name": KIOSK_COOKIE, "value": token, "url": person.address}])
    return person


def touch(person, selector: str) -> None:
    """A finger on something large enough; then the page it leads to, looked at by axe."""
    target = person.page.locator(selector).first
    box = target.bounding_box()
    assert min(box["width"], box["height"]) >= 60, selector
    with person.page.expect_navigation():
        target.tap()
    person.look()


def test_an_agent_called_by_touch_comes_and_the_kiosk_says_so_by_itself(person_with, app):
    visitor, agent = before_kiosk(person_with, app, "Hall"), person_with()
    screen = before_kiosk(person_with, app, "Écran", viewport={"width": 1920, "height": 1080})
    sign_in(agent)
    screen.go("/borne/appel")
    visitor.go("/borne")
    touch(visitor, ".do.call")
    touch(visitor, "button.do.call")
    assert "Un agent est prévenu." in visitor.text
    agent.page.locator("h2:has-text('La borne appelle')").wait_for()  # told without being asked
    agent.met.clear()
    agent.look()
    agent.click('button:has-text("J\'arrive")')
    visitor.page.locator("h2:has-text('Un agent arrive.')").wait_for()
    visitor.met.clear()
    visitor.look()
    touch(visitor, "a.do:has-text('Prendre un numéro')")
    touch(visitor, "button:has-text('Je préfère ne pas dire')")
    assert visitor.h1 == "Votre numéro" and visitor.page.locator("[data-print]").is_visible()
    agent.page.locator("li:has-text('Motif non dit')").wait_for()
    agent.fill(guichet="Guichet 2")
    agent.click("button:has-text('Appeler le suivant')")
    screen.page.locator(".calling li:has-text('Guichet 2')").wait_for()
    screen.met.clear()
    screen.look()
    screen.page.evaluate("document.querySelector('.calling li').still = true")
    for _ in range(2):
        with screen.page.expect_response("**/borne/appel"):
            pass
    still = screen.page.evaluate("document.querySelector('.calling li').still")
    assert still, "nothing moves while nothing is new"
    touch(visitor, 'a:has-text("J\'ai fini")')
    assert visitor.h1 == "Bonjour"
    agent.page.locator("h2:has-text('Vous allez à la borne')").wait_for(state="hidden")


def test_without_scripts_the_same_calls_are_made_by_links_and_buttons(person_with, app):
    visitor, agent = before_kiosk(person_with, app, "Hall", scripts=False), person_with(scripts=False)
    sign_in(agent)
    visitor.go("/borne/parler")
    visitor.click("button.do.call")
    assert "Un agent est prévenu." in visitor.text
    agent.go("/")
    agent.click('button:has-text("J\'arrive")')
    visitor.click("a:has-text('Regarder de nouveau')")
    assert "Un agent arrive." in visitor.text
