"""Practice: every exercise from its first screen to its last, with every mistake; and nothing stored."""

from __future__ import annotations

import base64
import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, func, select

from counter.practice import elise
from counter.practice.content import EXERCISES
from counter.practice.fields import NewSecret
from counter.tutorials.loader import load_catalogue
from tests.conftest import settings_for
from tests.practising import TYPED_SECRET, answers, begin, click, pass_screen, reach, right, wrong

BANNER = "Entraînement : ce n'est pas le vrai site de la Caf. Rien n'est envoyé. Rien n'est gardé."
SIGN_IN, CREATE = EXERCISES["me-connecter"], EXERCISES["creer-mon-compte"]


def cookie_of(visitor, slug: str):
    return visitor.client.get_cookie("entrainement", path=f"/entrainement/{slug}")


def opened(vault, visitor, slug: str) -> str:
    """What the browser holds, unsealed."""
    return vault.decrypt(base64.urlsafe_b64decode(cookie_of(visitor, slug).value), f"practice {slug}")


# ── from the first screen to the last ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", EXERCISES)
def test_an_exercise_is_done_from_end_to_end(camille, slug):
    exercise = EXERCISES[slug]
    page = camille.get(f"/entrainement/{slug}")
    assert page.h1 == exercise.title and BANNER in page.root_text()
    assert "Aujourd'hui, vous êtes Élise Lambert" in page.text
    assert all(fact.value in page.text for fact in exercise.facts)
    page = begin(camille, slug)
    for number, screen in enumerate(exercise.screens, 1):
        assert page.h1 == screen.title and f"écran {number} sur {exercise.total}" in page.text
        assert BANNER in page.root_text()
        assert all(sentence in page.text for sentence in screen.task)
        assert all(fact.value in page.text for fact in screen.facts)
        assert not page.errors()
        page = pass_screen(camille, screen)
    assert page.h1 == "Bravo, vous avez fini" and "Tout était juste" in page.text
    assert BANNER in page.root_text() and "rien n'est gardé" in page.text
    assert all(screen.title in page.text for screen in exercise.screens)
    assert all(line.replace("**", "") in page.text for line in exercise.ending)
    assert page.link("Lire la fiche") == f"/demarches/{slug}"
    assert page.link("Recommencer") == f"/entrainement/{slug}" and page.link("Un autre exercice") == "/entrainement"


@pytest.mark.parametrize("slug", EXERCISES)
def test_every_mistake_of_an_exercise_gets_a_kind_message(camille, slug):
    exercise = EXERCISES[slug]
    begin(camille, slug)
    tried, clicked = 0, 0
    for screen in exercise.screens:
        for button in screen.buttons:
            if not button.leads_on:
                page = click(camille, button.key)
                assert page.h1 == screen.title and f"Vous avez cliqué sur « {button.label} »" in page.text
                assert all(line in page.text for line in button.says.splitlines())
                clicked += 1
        for field in screen.fields:
            values = {**answers(screen), **wrong(field)}
            page = click(camille, screen.right.key, values)
            expected = field.fault(field.read(lambda name, sent=values: _as_list(sent.get(name, []))))
            assert expected, field
            assert page.h1 == screen.title and page.errors() == [expected]
            assert "Encore 1 chose à changer" in page.text and page.link(expected).startswith(f"#{field.key}")
            tried += 1
        page = pass_screen(camille, screen)
    assert page.h1 == "Bravo, vous avez fini" and "Ce qui était plus difficile" in page.text
    assert tried == sum(len(screen.fields) for screen in exercise.screens)
    assert clicked == sum(len(screen.buttons) - 1 for screen in exercise.screens)


def _as_list(value) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("slug", EXERCISES)
def test_a_screen_sent_empty_says_what_each_field_waits_for(camille, slug):
    exercise = EXERCISES[slug]
    begin(camille, slug)
    for screen in exercise.screens:
        if screen.fields:
            page = click(camille, screen.right.key)
            wanted = [f.key for f in screen.fields if screen.faults({}).get(f.key)]
            assert len(page.errors()) == len(wanted) > 0
            assert f"Encore {len(wanted)} chose" in page.text
        pass_screen(camille, screen)


def test_only_what_was_harder_is_named_at_the_end(camille):
    begin(camille, SIGN_IN.slug)
    click(camille, "actualites")
    for screen in SIGN_IN.screens[:3]:
        pass_screen(camille, screen)
    page = camille.submit({"bouton": "deconnexion", "montrer": "on"}, having="montrer")
    hard = page.text.split("Ce qui était plus difficile")[1].split("Sur le vrai site")[0]
    assert SIGN_IN.screens[0].title in hard and SIGN_IN.screens[3].title in hard
    assert SIGN_IN.screens[1].title not in hard and SIGN_IN.screens[2].title not in hard


def test_show_me_names_the_button_and_what_to_write(camille):
    page = reach(camille, SIGN_IN, 3)
    assert "Cliquez sur « Se connecter »." in page.text
    for words in ("Écrivez : 2770900123456", "Laissez cette case vide", "Écrivez : Train7Violet"):
        assert words in page.text
    marked = [b for b in page.all("button") if "target" in (b.get("class") or "").split()]
    assert [b.get("value") for b in marked] == ["entrer"]


def test_show_me_stays_on_while_the_same_screen_is_tried_again_and_is_off_on_the_next(camille):
    reach(camille, SIGN_IN, 3)
    shown = lambda page: any(i.get("id") == "montrer" and i.get("checked") is not None for i in page.all("input"))  # noqa: E731
    page = camille.submit({"bouton": "entrer", "montrer": "on"}, having="montrer")
    assert page.h1 == SIGN_IN.screens[2].title and shown(page)
    assert not shown(pass_screen(camille, SIGN_IN.screens[2]))


# ── back, away, and back again ──────────────────────────────────────────────────────────────────


def test_going_back_and_forth_loses_nothing_but_the_password(camille):
    reach(camille, SIGN_IN, 3)
    page = click(camille, "avant", {"numero": "27709", "souvenir": ["oui"], "password": TYPED_SECRET})
    assert page.h1 == SIGN_IN.screens[1].title
    page = pass_screen(camille, SIGN_IN.screens[1])
    form = page.form(having="montrer")["values"]
    assert form["numero"] == ["27709"] and form["souvenir"] == ["oui"] and form["password"] == [""]


def test_a_date_and_a_choice_are_kept_when_one_comes_back(camille):
    screen = CREATE.screens[4]
    reach(camille, CREATE, 5)
    click(camille, "avant", answers(screen))
    form = pass_screen(camille, CREATE.screens[3]).form(having="montrer")["values"]
    assert form["naissance-jour"] == ["3"] and form["naissance-annee"] == ["1977"] and form["civilite"] == ["madame"]


def test_before_the_first_screen_is_the_page_that_tells_who_elise_is(camille):
    begin(camille, SIGN_IN.slug)
    assert click(camille, "avant").h1 == SIGN_IN.title


def test_the_browsers_own_back_shows_the_screen_before_with_what_was_typed(camille):
    """Each screen has its address, opened by GET: nothing is sent again."""
    reach(camille, CREATE, 6)
    page = camille.get("/entrainement/creer-mon-compte/ecran/5")
    assert page.h1 == CREATE.screens[4].title and page.form(having="montrer")["values"]["nom"] == ["Lambert"]
    assert pass_screen(camille, CREATE.screens[4]).h1 == CREATE.screens[5].title


def test_a_screen_not_reached_yet_leads_to_the_last_one_reached(camille):
    begin(camille, CREATE.slug)
    pass_screen(camille, CREATE.screens[0])
    assert camille.get("/entrainement/creer-mon-compte/ecran/9").h1 == CREATE.screens[1].title


@pytest.mark.parametrize("address", ["ecran/1", "ecran/0", "ecran/99", "fin"])
def test_without_an_exercise_begun_every_address_leads_to_its_first_page(camille, address):
    assert camille.get(f"/entrainement/me-connecter/{address}").h1 == SIGN_IN.title


def test_the_end_cannot_be_reached_by_its_address(camille):
    begin(camille, SIGN_IN.slug)
    assert camille.get("/entrainement/me-connecter/fin").h1 == SIGN_IN.title


def test_a_click_without_an_exercise_leads_to_its_first_page(camille):
    camille.get("/entrainement/me-connecter")
    assert camille.post("/entrainement/me-connecter/ecran/2", {"bouton": "identifiants"}).h1 == SIGN_IN.title
    begin(camille, SIGN_IN.slug)
    assert camille.post("/entrainement/me-connecter/ecran/77", {"bouton": "identifiants"}).h1 == SIGN_IN.title


def test_an_exercise_nobody_wrote(camille):
    for address in ("/entrainement/inconnu", "/entrainement/inconnu/ecran/1", "/entrainement/inconnu/fin"):
        assert camille.get(address, expect=404).h1 == "Page introuvable"


def test_two_exercises_at_a_time_do_not_mix(camille):
    reach(camille, SIGN_IN, 3)
    reach(camille, CREATE, 6)
    assert camille.get("/entrainement/me-connecter/ecran/3").h1 == SIGN_IN.screens[2].title
    assert camille.get("/entrainement/me-connecter/ecran/4").h1 == SIGN_IN.screens[2].title


# ── nothing is stored ───────────────────────────────────────────────────────────────────────────


def row_counts(instance: Path) -> dict[str, int]:
    """Every table of both databases -> how many rows it has."""
    settings, counts = settings_for(instance), {}
    for url in (settings.main_url, settings.cache_url):
        engine = create_engine(url)
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            for table in tables.tables.values():
                counts[f"{url.rsplit('/', 1)[-1]} {table.name}"] = connection.scalar(
                    select(func.count()).select_from(table)
                )
        engine.dispose()
    return counts


@pytest.mark.parametrize("slug", EXERCISES)
def test_nothing_is_stored(camille, instance, vault, caplog, slug):
    """Whatever is typed, a person's own secret included: no row, no file, no address, no log, no page keeps it."""
    exercise = EXERCISES[slug]
    caplog.set_level(logging.DEBUG)
    begin(camille, slug)
    before = row_counts(instance)
    assert len(before) > 15
    for screen in exercise.screens:
        typed = answers(screen, wrong)
        page = click(camille, screen.right.key if screen.fields else screen.buttons[0].key, typed)
        held = opened(vault, camille, slug) if cookie_of(camille, slug) else ""
        for secret in (TYPED_SECRET, "secretsecret"):
            assert secret not in page.html and secret not in held
        if page.h1 == screen.title:
            pass_screen(camille, screen)
    assert camille.page.h1 == "Bravo, vous avez fini"
    assert cookie_of(camille, slug) is None
    assert row_counts(instance) == before
    _nowhere(instance, caplog.text, TYPED_SECRET, "secretsecret", elise.NUMBER)


def _nowhere(instance: Path, log: str, *words: str) -> None:
    files = [path for path in instance.rglob("*") if path.is_file()]
    assert len(files) > 4
    for word in words:
        assert word not in log
        assert not [path.name for path in files if word.encode() in path.read_bytes()]


def test_a_password_that_was_invented_is_neither_shown_nor_held_when_it_is_right(camille, vault):
    place = next(n for n, s in enumerate(CREATE.screens, 1) if any(isinstance(f, NewSecret) for f in s.fields))
    reach(camille, CREATE, place)
    page = click(camille, "continuer", {"password": TYPED_SECRET})
    assert page.h1 == CREATE.screens[place].title and TYPED_SECRET not in page.html
    assert TYPED_SECRET not in opened(vault, camille, CREATE.slug)
    assert TYPED_SECRET not in str(camille.client.get_cookie("counter").value)


def test_what_the_browser_holds_tells_nothing_and_goes_nowhere_else(camille):
    reach(camille, CREATE, 6)
    cookie = cookie_of(camille, CREATE.slug)
    assert cookie.path == "/entrainement/creer-mon-compte"
    assert cookie.http_only and cookie.same_site == "Strict" and cookie.expires is None and cookie.max_age is None
    assert b"Lambert" not in base64.urlsafe_b64decode(cookie.value)


def test_no_address_holds_what_was_typed(camille):
    reach(camille, CREATE, 5)
    response = camille.client.post(
        "/entrainement/creer-mon-compte/ecran/5",
        data={**answers(CREATE.screens[4]), "bouton": "continuer", "csrf_token": _token(camille)},
    )
    assert response.status_code == 303 and response.headers["Location"] == "/entrainement/creer-mon-compte/ecran/6"


def _token(visitor) -> str:
    return visitor.page.form(having="montrer")["values"]["csrf_token"][0]


def test_long_texts_everywhere_still_fit_what_a_browser_holds(camille):
    screen = CREATE.screens[4]
    reach(camille, CREATE, 5)
    page = click(
        camille, "continuer", {**answers(screen), "nom": "🙂" * 9000, "prenom": "🙂" * 9000, "lieu": "🙂" * 9000}
    )
    assert page.h1 == screen.title and len(cookie_of(camille, CREATE.slug).value) < 4000


def test_stopping_forgets_everything(camille):
    reach(camille, CREATE, 6)
    page = camille.submit(action="/entrainement/creer-mon-compte/quitter")
    assert page.h1 == "S'entraîner" and cookie_of(camille, CREATE.slug) is None


def test_starting_again_starts_afresh(camille):
    reach(camille, CREATE, 6)
    reach(camille, CREATE, 5)
    assert camille.page.form(having="montrer")["values"]["nom"] == [""]


def test_after_an_hour_alone_the_exercise_is_forgotten(camille, clock):
    reach(camille, SIGN_IN, 3)
    for _ in range(3):  # the agent works elsewhere: the session lives, the exercise does not
        clock.advance(minutes=20, seconds=1)
        camille.get("/")
    assert camille.get("/entrainement/me-connecter/ecran/3").h1 == SIGN_IN.title


@pytest.mark.parametrize("value", ["", "x", "A" * 60, "é", "=" * 4, "a" * 3999])
def test_a_cookie_that_is_not_ours_starts_afresh(camille, value):
    begin(camille, SIGN_IN.slug)
    camille.client.set_cookie("entrainement", value, path="/entrainement/me-connecter")
    assert camille.get("/entrainement/me-connecter/ecran/1").h1 == SIGN_IN.title


def test_a_cookie_of_another_exercise_or_changed_starts_afresh(camille, vault):
    reach(camille, CREATE, 6)
    value = cookie_of(camille, CREATE.slug).value
    camille.client.set_cookie("entrainement", value, path="/entrainement/me-connecter")
    assert camille.get("/entrainement/me-connecter/ecran/1").h1 == SIGN_IN.title
    for dumped in ([1], "x", [1, [1]], [1, [1, 2, 3, 4, 5]]):
        sealed = base64.urlsafe_b64encode(vault.encrypt(json.dumps(dumped), "practice me-connecter")).decode()
        camille.client.set_cookie("entrainement", sealed, path="/entrainement/me-connecter")
        assert camille.get("/entrainement/me-connecter/ecran/1").h1 == SIGN_IN.title


def test_a_session_that_ends_during_an_exercise_puts_nothing_aside(camille, clock, instance):
    """Elsewhere what was being sent comes back after the sign-in; here it could be a person's own number."""
    reach(camille, SIGN_IN, 3)
    clock.advance(minutes=31)
    page = click(camille, "entrer", {"numero": "1850578006084", "password": TYPED_SECRET})
    assert page.h1 == "Se connecter" and "1850578006084" not in page.html
    page = camille.submit({"identifier": "camille", "password": "Bonjour-2026"}, having="password")
    assert "que veut faire la personne" in page.h1 and "1850578006084" not in page.html


def test_a_page_left_open_too_long_gives_back_what_was_typed_without_the_password(camille):
    reach(camille, SIGN_IN, 3)
    values = {"numero": "27709", "password": TYPED_SECRET, "bouton": "entrer", "csrf_token": "vieux"}
    page = camille.submit(values, having="montrer", expect=400)
    assert "Rien n'est perdu" in page.text and TYPED_SECRET not in page.html


def test_markup_that_is_typed_is_only_text(camille):
    reach(camille, CREATE, 5)
    evil = '"><script>alert(1)</script>{{7*7}}'
    page = click(camille, "continuer", {**answers(CREATE.screens[4]), "nom": evil})
    assert page.form(having="montrer")["values"]["nom"] == [evil]
    assert not [script for script in page.all("script") if not script.get("src")]


# ── ways in ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_offers_the_eight_and_says_it_is_not_the_real_site(camille):
    page = camille.get("/entrainement")
    assert BANNER in page.text
    offered = {href for href in page.links().values() if href.startswith("/entrainement/")}
    assert offered == {f"/entrainement/{slug}" for slug in EXERCISES}
    assert camille.get(camille.get("/demarches").link("S'entraîner")).h1 == "S'entraîner"


@pytest.mark.parametrize("slug", load_catalogue().tutorials)
def test_a_sheet_leads_to_its_exercise_when_there_is_one(camille, slug):
    for address in (f"/demarches/{slug}", f"/demarches/{slug}/fin"):
        links = camille.get(address).links()
        to_practice = [href for href in links.values() if href.startswith("/entrainement")]
        assert to_practice == ([f"/entrainement/{slug}"] if slug in EXERCISES else [])


def test_practising_is_added_to_the_visit_only_when_the_agent_asks(camille):
    page = reach(camille, SIGN_IN, 5)
    assert page.h1 == "Bravo, vous avez fini" and "accompagnement" not in page.text
    camille.get("/")
    camille.submit(action="/accompagnement/commencer")
    page = reach(camille, SIGN_IN, 5)
    assert "Entraînement :" not in camille.get("/accompagnement").text
    reach(camille, SIGN_IN, 5)
    page = camille.submit(action="/entrainement/me-connecter/noter")
    assert "Entraînement : Me connecter à Mon Compte" in page.root_text()


def test_a_field_is_named_to_machines_and_never_offered_a_password_to_keep(camille):
    page = reach(camille, SIGN_IN, 3)
    inputs = {i.get("name"): i for i in page.all("input")}
    assert inputs["numero"].get("inputmode") == "numeric" and inputs["password"].get("type") == "password"
    assert {inputs[name].get("autocomplete") for name in ("numero", "password")} == {"off"}
    assert not re.search(r'name="password"[^>]*value=', page.html)
    assert "maxlength" not in inputs["numero"].attrib  # 15 digits must be seen to be explained


def test_the_right_answers_of_the_tests_are_those_of_the_card():
    field = CREATE.screens[4].fields[0]
    assert right(field) == {"numero": elise.NUMBER} and field.fault(wrong(field)["numero"])
