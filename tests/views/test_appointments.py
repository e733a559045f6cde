"""Booking at the counter: search, hold, contact details, confirmation; and what goes wrong on the way."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, func, select, update

from counter.models import Appointment, Hold, Opening, OpeningMotif, Site, UnmetSearch
from counter.store.openings import add_opening, half_days_received
from tests.conftest import START
from tests.pages import Visitor, text_of
from tests.papers import qr_codes_of_pdf, text_of_pdf

PERSON = {"first_name": "Élise", "last_name": "Lambert", "birth-jour": "3", "birth-mois": "9"}


def slots_of(page) -> list[str]:
    """Keys of the slots on offer, the earliest table first."""
    return [value for name, value, _ in page.form(action="/rendez-vous/creneau")["buttons"] if name == "creneau"]


def day_slots(page) -> list[tuple[str, str]]:
    """(key, words) of the slot buttons, without the table of the earliest."""
    return [(value, text) for name, value, text in page.form(action="/rendez-vous/creneau")["buttons"]
            if name == "creneau" and "," not in text]  # fmt: skip


def choose(person, motif: int = 1, nth: int = 0, query: str = ""):
    """To the contact page of the nth slot of the days."""
    page = person.get(f"/rendez-vous?motif={motif}{query}")
    return person.post("/rendez-vous/creneau", {"motif": str(motif), "creneau": day_slots(page)[nth][0]})


def book(person, **values):
    return person.submit(PERSON | values, having="first_name")


def count(app, table) -> int:
    with app.extensions["counter"].main.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_all_sites_and_modes_stand_on_one_screen_with_their_earliest_slot(camille):
    page = camille.get("/rendez-vous?motif=1")
    heads = [text_of(th) for th in page.all("th")]
    assert heads[:4] == ["Le plus tôt", "Sur place", "Téléphone", "Visio"]
    assert heads[4:] == ["Cours La Ville", "Décines", "Givors", "L'Arbresle", "Lyon 3", "Tarare"]
    cells = [text_of(td) for td in page.all("td")]
    assert len(cells) == 6 + 2 and all(
        re.fullmatch(r"(aujourd'hui|demain|\w{3}\. \d+), \d+ h( \d\d)?", c) for c in cells
    )


def test_two_places_of_one_name_are_told_apart_wherever_one_is_chosen(app, camille):
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Site).where(Site.short_name.in_(["L'Arbresle", "Tarare"])).values(short_name="Mairie"))
    page = camille.get("/rendez-vous?motif=1")
    names = {"Mairie, L'Arbresle", "Mairie, Tarare"}
    assert names <= {text_of(th) for th in page.all("th")}
    buttons = [text for _, _, text in page.form(action="/rendez-vous/creneau")["buttons"] if "Mairie" in text]
    assert {name for name in names for text in buttons if text.endswith(name)} == names
    assert all(text.endswith(tuple(names)) for text in buttons)
    for address in ("/agenda", "/agenda/appels"):
        assert names <= {text_of(option) for option in camille.get(address).all("option")}
    assert names <= {text_of(label) for label in camille.get("/ateliers/nouveau").all("label")}


class TestManyPlaces:
    """The official list brought in forty places; some of them receive."""

    @pytest.fixture
    def places(self, app) -> list[int]:
        """Thirty that receive the first motif, then ten where nobody does."""
        with app.extensions["counter"].main.writing() as session:
            known = session.get_one(Site, 4)
            facts = {name: getattr(known, name) for name in ("caf_id", "street", "postal_code", "department")}
            sites = [Site(name=f"Place {n}", short_name=f"Place {n:02}", city="Exemple", **facts) for n in range(40)]
            session.add_all(sites)
            session.flush()
            for site in sites[:30]:
                opening = Opening(site_id=site.id, mode="sur-place", weekdays=31, starts=540, ends=720, interval=30,
                                  valid_from=START.date())  # fmt: skip
                add_opening(session, opening, {1}, START.date(), 30)
            return [site.id for site in sites]

    def lists(self, page) -> tuple[list[str], list[str]]:
        """The places on the page, and those of the list to be opened."""
        boxes = [box for box in page.all("input") if box.get("name") == "lieu"]
        beyond = [box.get("value") for box in boxes if "details" in {up.tag for up in box.iterancestors()}]
        return [box.get("value") for box in boxes if box.get("value") not in beyond], beyond

    def test_those_where_nobody_receives_are_not_to_choose_and_the_list_stays_short(self, camille, places):
        first, beyond = self.lists(camille.get("/rendez-vous?motif=1"))
        assert (len(first), len(first + beyond)) == (8, 36)
        assert set(map(str, places[:30])) <= {*first, *beyond} and not set(map(str, places[30:])) & {*first, *beyond}

    def test_the_first_to_receive_stand_in_the_table_and_the_others_below_it(self, camille, places):
        page = camille.get("/rendez-vous?motif=1")
        first, others = (table for table in page.all("table") if table.get("class") == "early")
        named = [[text_of(th) for th in table.iter("th") if th.get("scope") == "row"] for table in (first, others)]
        assert [len(names) for names in named] == [8, 28] and len({*named[0], *named[1]}) == 36
        assert "Voir les 28 autres lieux" in page.text
        assert [text_of(td) for td in first.iter("td")][3] == "aujourd'hui, 10 h", "an hour's notice"

    def test_the_list_is_open_when_one_of_it_is_ticked(self, camille, places):
        assert not any("open" in d.attrib for d in camille.get("/rendez-vous?motif=1").all("details"))
        page = camille.get(f"/rendez-vous?motif=1&lieu={places[20]}")
        (others,) = (d for d in page.all("details") if d.get("class") == "others")
        assert "open" in others.attrib
        assert {text_of(th) for th in page.all("th")} == {"Le plus tôt", "Sur place", "Place 20"}


def test_the_filters_are_in_the_address_and_stay_ticked(camille):
    camille.get("/rendez-vous?motif=1")
    page = camille.submit({"comment": "telephone", "jour": ["1", "4"]}, action="/rendez-vous")
    assert all("Téléphone" in words for _, words in day_slots(page))
    days = [text_of(h2) for h2 in page.all("h2") if "créneau" in text_of(h2)]
    assert len(days) == 4 and all(re.search("[Mm]ardi|[Vv]endredi", day) for day in days)
    fields = page.form(action="/rendez-vous")["values"]
    assert fields["comment"] == ["telephone"] and fields["jour"] == ["1", "4"]


def test_a_later_page_of_days_keeps_the_filters(camille):
    page = camille.get("/rendez-vous?motif=1&comment=sur-place&lieu=5")
    later = camille.get(page.link("À partir du"))
    assert later.form(action="/rendez-vous")["values"]["lieu"] == ["5"]
    assert set(slots_of(later)).isdisjoint({key for key, _ in day_slots(page)})


def test_no_slot_says_why_and_offers_the_first_elsewhere(camille):
    page = camille.get("/rendez-vous?motif=1&comment=visio&jour=0")
    assert "Aucun créneau avec ces choix" in page.text
    assert re.search(r"Le premier, tous lieux et tous modes : \w+ \d+ \w+ à \d+ h", page.text)
    assert "Ces rendez-vous ont lieu les mardis et vendredis." in page.text
    page = camille.get("/rendez-vous?motif=1&comment=visio&lieu=5")
    assert "Enlevez le lieu : à distance, il n'a pas d'importance." in page.text
    page = camille.get("/rendez-vous?motif=1&comment=visio&jour=0")
    assert slots_of(camille.get(page.link("Enlever les filtres")))


@pytest.mark.parametrize(
    "query",
    [
        "lieu=abc",
        "lieu=99999999999999999999",
        "comment=fax",
        "jour=9",
        "des-jour=99&des-mois=99",
        "des-jour=31&des-mois=2",
        "des-jour=%F0%9F%98%80",
        "lieu=-1",
    ],
)
def test_a_filter_nobody_understands_is_left_out(camille, query):
    assert camille.get(f"/rendez-vous?motif=1&{query}").h1 == "Choisir un créneau"


@pytest.mark.parametrize("motif", ["abc", "-1", "99999999999999999999", "0", "9999", "10"])
def test_a_motif_of_nobody_or_of_another_caf_is_not_found(camille, motif):
    camille.get(f"/rendez-vous?motif={motif}", expect=404)


def test_the_whole_booking_gives_a_slip_that_says_it_all(camille):
    page = choose(camille)
    when = re.search(r"Quand ?(.*?) ?à (\d+ h(?: \d\d)?) ?Comment", page.text)
    page = book(camille, phone="01 99 00 12 34")
    assert page.h1 == "Le rendez-vous est pris"
    code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert code in paper and "Élise Lambert" in paper and "1 rue de l'Exemple" in paper
    assert f"à {when[2]}" in paper and re.search(r"24 novembre 2026", paper)
    assert "Votre pièce d'identité" in paper and "SPÉCIMEN" in paper


def test_the_code_square_of_the_slip_puts_the_appointment_into_a_phone(camille):
    choose(camille)
    page = book(camille)
    (event,) = qr_codes_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert event.startswith("BEGIN:VEVENT") and "DTSTART:20261124T" in event and "Lambert" not in event


def test_with_a_public_address_the_code_square_leads_to_the_appointment(instance, clock):
    from app import create_app
    from tests.conftest import settings_for

    agent = Visitor(create_app(settings_for(instance, public_url="https://counter.example"), clock))
    agent.sign_in("camille", "Bonjour-2026")
    choose(agent)
    page = book(agent)
    code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]
    assert qr_codes_of_pdf(agent.file(page.link("Imprimer le papier"))) == [
        f"https://counter.example/rendez-vous/gerer#{code}"
    ]


def test_a_sensitive_motif_is_not_printed(camille):
    choose(camille, motif=6)
    page = book(camille)
    assert "Je dois de l'argent" in page.text
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "argent" not in paper
    assert "argent" not in camille.file(page.link("Calendrier")).decode()
    camille.get("/accompagnement/terminer")
    closed = camille.submit({"nature": "rendez-vous", "solved": "oui"}, having="nature")
    assert "argent" not in text_of_pdf(camille.file(closed.link("Imprimer le résumé")))


def test_the_calendar_file_tells_the_utc_time_and_keeps_its_uid(camille):
    choose(camille)
    page = book(camille)
    lines = camille.file(page.link("Calendrier")).decode().replace("\r\n ", "").split("\r\n")
    again = camille.file(page.link("Calendrier")).decode().replace("\r\n ", "").split("\r\n")
    assert lines == again
    assert "STATUS:CONFIRMED" in lines and "SEQUENCE:0" in lines
    assert not any(line.startswith("METHOD") for line in lines), "nobody sends it: a method asks for an organizer"
    hour = int(re.search(r"à (\d+) h", page.text)[1])
    assert any(re.fullmatch(rf"DTSTART:20261124T{hour - 1:02d}\d\d00Z", line) for line in lines)


def test_phone_appointments_need_a_number_and_read_it_back(camille):
    choose(camille, query="&comment=telephone")
    page = camille.submit(PERSON, having="first_name", expect=422)
    assert page.errors() == ["Pour un rendez-vous par téléphone, écrivez le numéro à appeler."]
    page = book(camille, phone="0199001234")
    assert "La Caf appelle au 01 99 00 12 34. C'est bien votre numéro ?" in page.text


def test_a_contact_may_be_a_relatives(camille, database):
    choose(camille)
    book(camille, phone="0199001234", contact_of="proche", contact_name="Paul Exemple")
    with database.reading() as session:
        person = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first().person
    assert person["contact_name"] == "Paul Exemple" and person["contact_shared"] is True


def test_a_chosen_slot_is_booked_though_the_motif_is_taken_from_there_meanwhile(app, camille):
    page = choose(camille, query="&lieu=5&comment=sur-place")
    (key,) = page.form(having="first_name")["values"]["creneau"]
    with app.extensions["counter"].main.writing() as session:
        session.execute(delete(OpeningMotif).where(OpeningMotif.motif_id == 1))
    assert camille.get(f"{page.url}?motif=1&creneau={key}").form(having="first_name"), (
        "read again, the page still keeps the slot"
    )
    assert "Le rendez-vous est pris" in book(camille).text


def test_a_chosen_slot_is_kept_from_everyone_else(app, camille):
    key = day_slots(camille.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))[0][0]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": key})
    other = Visitor(app).sign_in("dominique", "Bonjour-2026")
    assert key not in slots_of(other.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))
    page = other.post("/rendez-vous/creneau", {"motif": "1", "creneau": key}, expect=409)
    assert "vient d'être pris" in page.text
    near = [text for name, _, text in page.form(action="/rendez-vous/creneau")["buttons"][:3]]
    assert len(near) == 3 and all("mardi 24 novembre" in text for text in near)


def test_after_five_minutes_an_unused_slot_is_free_again(app, camille, clock):
    key = day_slots(camille.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))[4][0]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": key})
    clock.advance(minutes=5)
    assert key in slots_of(Visitor(app).sign_in("dominique", "Bonjour-2026").get("/rendez-vous?motif=1&lieu=5"))
    assert count(app, Hold) == 0


def test_ones_own_time_that_ran_out_is_taken_again_when_nobody_took_it(app, camille, clock):
    key = day_slots(camille.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))[4][0]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": key})
    slow = camille.page.form(having="first_name")
    clock.advance(minutes=6)
    page = camille.post(slow["action"], slow["values"] | PERSON | {"phone": "01 99 00 12 34"})
    assert page.h1 == "Le rendez-vous est pris"


def test_a_day_beyond_the_horizon_of_the_motif_is_said_and_is_no_unmet_search(app, camille):
    page = camille.get("/rendez-vous?motif=1&des-jour=15&des-mois=2")
    assert "Ce motif se prend jusqu'au samedi 23 janvier 2027, pas plus tard." in page.text
    assert count(app, UnmetSearch) == 0


def test_the_loser_keeps_what_was_typed_and_takes_a_near_slot_in_one_click(app, camille, clock):
    key = day_slots(camille.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))[4][0]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": key})
    slow = camille.page.form(having="first_name")
    clock.advance(minutes=6)
    other = Visitor(app).sign_in("dominique", "Bonjour-2026")
    other.get("/rendez-vous?motif=1")
    other.post("/rendez-vous/creneau", {"motif": "1", "creneau": key})
    book(other)
    page = camille.post(slow["action"], slow["values"] | PERSON | {"phone": "01 99 00 12 34"}, expect=409)
    assert "vient d'être pris. Choisissez-en un autre. Ce que vous avez écrit est gardé." in page.text
    form = page.form(having="first_name")
    assert form["values"]["last_name"] == ["Lambert"] and form["values"]["birth-jour"] == ["3"]
    near = [(value, text) for name, value, text in form["buttons"] if name == "autre_creneau"]
    assert len(near) == 3
    page = camille.submit({"autre_creneau": near[0][0]}, having="first_name")
    assert page.h1 == "Le rendez-vous est pris" and "Élise Lambert" in page.text


def test_a_form_sent_twice_makes_one_appointment(app, camille):
    choose(camille)
    form = camille.page.form(having="first_name")
    before = count(app, Appointment)
    urls = {camille.post(form["action"], form["values"] | PERSON).url for _ in range(3)}
    assert len(urls) == 1 and count(app, Appointment) == before + 1
    assert camille.page.root_text().count("Rendez-vous : Ma situation change") == 1


def test_two_tabs_book_two_different_slots(app, camille):
    choose(camille, nth=0)
    first = camille.page.form(having="first_name")
    choose(camille, nth=-1)
    second = camille.page.form(having="first_name")
    before = count(app, Appointment)
    assert camille.post(first["action"], first["values"] | PERSON).h1 == "Le rendez-vous est pris"
    assert camille.post(second["action"], second["values"] | PERSON).h1 == "Le rendez-vous est pris"
    assert count(app, Appointment) == before + 2


BAD = [
    ({"first_name": ""}, "Écrivez le prénom."),
    ({"last_name": "A" * 200}, "Ce nom a 200 lettres : 80 au plus. Raccourcissez-le."),
    ({"last_name": "Lambert 😀"}, "Un nom ne contient que des lettres, des espaces, - et '. Enlevez : 😀"),
    ({"last_name": "<script>alert(1)</script>"}, "Enlevez : ( ) / 1 < >"),
    ({"last_name": "王小明"}, "Ces lettres ne peuvent pas être imprimées"),
    ({"birth-jour": "31", "birth-mois": "2"}, "Ce jour n'existe pas : février a 28 ou 29 jours."),
    ({"birth-jour": "0"}, "Ce jour n'existe pas : septembre a 30 jours."),
    ({"birth-mois": "13"}, "Le mois va de 1 à 12."),
    ({"birth-jour": "x"}, "Écrivez le jour et le mois en chiffres, par exemple 7 et 3."),
    ({"birth-jour": "", "birth-mois": ""}, "Écrivez le jour et le mois, par exemple 7 et 3."),
    ({"phone": "06 12"}, "Ce numéro n'existe pas."),
    ({"email": "elise"}, "Cette adresse e-mail ne va pas."),
]


@pytest.mark.parametrize(("typed", "sentence"), BAD, ids=[s[:20] for _, s in BAD])
def test_bad_input_gets_a_sentence_and_loses_nothing(camille, typed, sentence):
    choose(camille)
    page = camille.submit(PERSON | typed, having="first_name", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]
    assert page.links().get(page.errors()[0], "").startswith("#")
    fields = page.form(having="first_name")["values"]
    for name, value in (PERSON | typed).items():
        assert fields[name] == [value], name


@pytest.mark.parametrize("name", ["Nguyễn", "Łukasz Żółć", "Ştefan-Émile", "O'Brien", "Œdipe", "d’Arc"])
def test_names_of_many_languages_are_taken_and_printed(camille, name):
    choose(camille)
    page = book(camille, last_name=name)
    assert name in page.text
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "■" not in paper and "Élise" in paper


@pytest.mark.parametrize(
    "key",
    [
        "",
        "abc",
        "1.2026-11-24",
        "1.2026-02-31.0",
        "1.2026-11-24.62",
        "99999.2026-11-24.0",
        "1.2026-11-24.-1",
        "1.2020-01-07.0",
        "1.2030-01-08.0",
        "9999999999999.2026-11-24.0",
    ],
)
def test_a_made_up_slot_is_refused_with_a_sentence(camille, key):
    camille.get("/rendez-vous?motif=1")
    page = camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": key}, expect=409)
    assert page.h1 == "Choisir un créneau" and "créneau" in page.text and slots_of(page)


def test_an_agent_does_not_see_the_appointments_of_another_caf(camille, sacha):
    choose(camille)
    url = book(camille).url
    sacha.get(url, expect=404)
    sacha.file(f"{url}/papier.pdf", expect=404)


def test_the_agenda_shows_the_day_of_a_site_with_needs(camille):
    choose(camille, query="&lieu=5&comment=sur-place")
    book(camille, needs=["audition"])
    page = camille.get("/agenda")
    assert page.h1 == "Aujourd'hui, mardi 24 novembre"
    assert "Élise Lambert" in page.text and "Entend mal" in page.text
    assert "Aucun rendez-vous ce jour-là" in camille.get("/agenda?jour=2027-03-07").text
    camille.get("/agenda?site=7", expect=404)
    assert camille.get("/agenda?jour=2026-02-31").h1.startswith("Aujourd'hui")


class TestWithTheCode:
    """The person's own page."""

    @pytest.fixture
    def code(self, camille) -> str:
        choose(camille, query="&lieu=5&comment=sur-place")
        return re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", book(camille).text)[1]

    def find(self, person, code: str, day: str = "3", month: str = "9", expect: int = 200):
        person.get("/rendez-vous/gerer")
        return person.submit({"code": code, "birth-jour": day, "birth-mois": month}, having="code", expect=expect)

    def test_code_and_birth_day_show_the_appointment_however_it_is_typed(self, visitor, code):
        page = self.find(visitor, code.lower().replace("-", " "))
        assert page.h1 == "Votre rendez-vous" and "Élise Lambert" in page.text
        assert code not in page.url and "Lambert" not in page.url
        assert code in text_of_pdf(visitor.file(page.link("Imprimer le papier")))

    def test_a_wrong_code_and_a_wrong_birth_day_get_the_same_answer(self, visitor, code):
        sentences = {tuple(self.find(visitor, *tried, expect=422).errors())
                     for tried in ((code, "4", "9"), (code, "3", "8"), ("ABCD-EFGH", "3", "9"))}  # fmt: skip
        assert sentences == {
            ("Aucun rendez-vous pour ce code et ce jour de naissance. Vérifiez le code, le jour et le mois.",)
        }

    def test_guessing_is_slowed_down(self, visitor, code):
        for day in range(10):
            self.find(visitor, code, str(day + 10), expect=422)
        assert "Attendez" in self.find(visitor, code, expect=429).text

    def test_cancelling_gives_the_time_back_and_says_so_once(self, app, visitor, camille, code):
        offer = "/rendez-vous?motif=1&lieu=5&comment=sur-place"
        before = slots_of(camille.get(offer))
        self.find(visitor, code)
        page = visitor.submit(action="/rendez-vous/gerer/annuler")
        assert page.h1 == "Rendez-vous annulé" and "Vous n'avez rien d'autre à faire" in page.text
        visitor.post("/rendez-vous/gerer/annuler")
        assert len(slots_of(camille.get(offer))) > len(before)
        calendar = visitor.file("/rendez-vous/gerer/rendez-vous.ics").decode()
        assert "STATUS:CANCELLED" in calendar and "SEQUENCE:1" in calendar

    def test_leaving_closes_the_page_behind(self, visitor, code):
        self.find(visitor, code)
        page = visitor.submit(action="/rendez-vous/gerer/fini")
        assert page.h1 == "Retrouver un rendez-vous"
        assert "C'est fini : rien de votre rendez-vous ne reste sur cet écran." in page.text
        assert visitor.get("/rendez-vous/gerer/mien").h1 == "Retrouver un rendez-vous"
        visitor.file("/rendez-vous/gerer/papier.pdf", expect=404)


class TestNear:
    """The slots of the places near a commune; a call comes from anywhere."""

    def rows(self, page) -> list[str]:
        return [text_of(th) for th in page.all("th") if th.get("scope") == "row"]

    def test_only_the_places_near_the_commune_receive_the_nearest_first(self, camille):
        camille.get("/rendez-vous?motif=1")
        page = camille.submit({"pres": "Tarare", "km": "20"}, action="/rendez-vous")
        assert self.rows(page) == ["Tararetout près", "L'Arbresleà 15 km"]
        assert page.form(action="/rendez-vous")["values"]["pres"] == ["Tarare"]
        words = {text.split(" ", 2)[-1] for _, text in day_slots(page)}
        assert not any("Lyon 3" in w or "Givors" in w for w in words)
        assert any("Téléphone" in text for _, text in day_slots(page)), "a call has no distance"

    def test_a_later_page_keeps_the_commune(self, camille):
        page = camille.get("/rendez-vous?motif=1&pres=Tarare&km=10")
        later = camille.get(page.link("À partir du"))
        assert later.form(action="/rendez-vous")["values"]["pres"] == ["Tarare"]
        assert self.rows(later) == ["Tararetout près"]
        assert set(slots_of(later)).isdisjoint({key for key, _ in day_slots(page)})

    def test_a_ticked_place_that_is_too_far_is_the_reason_whatever_the_modes(self, camille):
        page = camille.get("/rendez-vous?motif=1&pres=Tarare&km=10&lieu=5")
        assert "Les lieux choisis sont plus loin que cela, et ne donnent pas ces rendez-vous" in page.text
        assert "Tout est pris" not in page.text

    def test_ticked_places_that_are_too_far_are_said(self, camille):
        page = camille.get("/rendez-vous?motif=1&comment=sur-place&pres=Tarare&km=10&lieu=4")
        assert "Les lieux choisis sont plus loin que cela." in page.text
        page = camille.get("/rendez-vous?motif=1&pres=Tarare&km=20&lieu=5&lieu=4")
        assert [row for row in self.rows(page) if "km" in row] == ["L'Arbresleà 15 km"]
        assert "Lyon 3 est à plus de 20 km de Tarare : ses créneaux sur place ne sont pas montrés." in page.text

    @pytest.mark.parametrize("query", ["pres=Atlantide", "pres=Tarare&km=9999", "pres=Tarare&km=", "km=10", "pres="])
    def test_a_commune_or_distance_nobody_knows_is_left_out(self, camille, query):
        assert len(self.rows(camille.get(f"/rendez-vous?motif=1&{query}"))) == 6

    def test_without_any_coordinates_distance_is_not_asked(self, app, camille):
        with app.extensions["counter"].main.writing() as session:
            session.execute(update(Site).values(latitude=None, longitude=None))
        assert "pres" not in camille.get("/rendez-vous?motif=1").form(action="/rendez-vous")["names"]


def test_a_part_of_the_day_when_nobody_receives_is_said_so(app, camille):
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Opening).where(Opening.site_id == 5).values(starts=540, ends=720, interval=30))
    page = camille.get("/rendez-vous?motif=1&comment=sur-place&lieu=5&moment=apres-midi")
    assert "Ces rendez-vous ont lieu le matin." in page.text
    days = sorted(half_days_of(app, 5))
    page = camille.get(f"/rendez-vous?motif=1&comment=sur-place&lieu=5&moment=apres-midi&jour={days[0]}")
    assert "Ces jours-là, ces rendez-vous ont lieu le matin." in page.text


def half_days_of(app, site_id: int) -> set[int]:
    """The weekdays on which a site receives for the first motif."""
    with app.extensions["counter"].main.reading() as session:
        return {day for day, _ in half_days_received(session, 1, {"sur-place"}, {site_id})}


def test_a_day_that_does_not_exist_is_said_above_the_slots(camille):
    page = camille.get("/rendez-vous?motif=1&des-jour=31&des-mois=2")
    assert (
        "Ce jour n'existe pas : février a 28 ou 29 jours. Les créneaux montrés ici commencent aujourd'hui." in page.text
    )
    assert day_slots(page)
