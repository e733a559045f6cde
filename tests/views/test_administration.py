"""Setting up, as an administrator does it: motifs, sites, openings, closures; and who may not."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from sqlalchemy import select, update

from counter.access import Role
from counter.demonstration import PASSWORD
from counter.models import Appointment, Caf, Closure, Motif, MotifMode, Opening, Site
from counter.store.agents import create_agent
from counter.store.appointments import appointment_by_id, cancel
from counter.store.free_time import audit_free_time
from counter.store.openings import add_opening, motifs_of_opening
from counter.views import openings
from tests.conftest import START
from tests.pages import Visitor, text_of
from tests.rules.test_directory import TARARE, csv_of

LYON, LYON_MORNING = 4, "/administration/lieux/4"


@pytest.fixture
def dominique(app) -> Visitor:
    """An administrator of the Rhône, signed in."""
    return Visitor(app).sign_in("dominique", PASSWORD)


def one(database, query):
    with database.reading() as session:
        return session.scalars(query).first()


def audit(database) -> list:
    with database.writing() as session:
        return audit_free_time(session)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


def test_only_an_administrator_sees_the_way_in_and_may_take_it(dominique, camille, sacha):
    assert dominique.get("/").link("Administration") == "/administration"
    for other in (camille, sacha):
        assert "Administration" not in other.get("/").links()
        other.get("/administration", expect=403)
        other.get("/administration/caf/1/motifs", expect=403)


@pytest.mark.parametrize(
    "path",
    ["caf/2/motifs", "caf/2/motifs/nouveau", "caf/2/lieux", "lieux/7", "lieux/7/semaine", "lieux/7/plages/nouvelle",
     "lieux/7/fermetures/nouvelle", "plages/18", "caf/1/motifs/9", "caf/nouvelle"],
)  # fmt: skip
def test_an_administrator_sets_up_the_own_caf_only(dominique, path):
    dominique.get(f"/administration/{path}", expect=404)


def test_the_first_administrator_of_a_real_instance_makes_the_caf_then_a_site(empty_instance, clock):
    from app import create_app
    from counter.db import Database
    from counter.keys import load_keys
    from tests.conftest import settings_for

    settings = settings_for(empty_instance)
    main = Database(settings.main_url, load_keys(empty_instance, create=False).vault)
    with main.writing() as session:
        create_agent(session, "chef", "La Cheffe", Role.ADMINISTRATOR, PASSWORD)
    main.close()
    chief = Visitor(create_app(settings, clock)).sign_in("chef", PASSWORD)
    assert "Aucune Caf n'est encore créée" in chief.get("/administration").text
    chief.get("/administration/caf/nouvelle")
    page = chief.submit({"name": "Caf du Rhône", "department": "999"}, having="department", expect=422)
    assert page.errors() == ["Écrivez le numéro d'un département, par exemple 69, 2A ou 974."]
    assert "Caf du Rhône est créée" in chief.submit({"department": "69"}, having="department").text
    chief.get("/administration/caf/nouvelle")
    page = chief.submit({"name": "Autre", "department": "69"}, having="department", expect=422)
    assert page.errors() == ["Ce département a déjà sa Caf : Caf du Rhône."]
    assert "Aucun motif n'est encore ouvert" in chief.get("/administration/caf/1/motifs").text
    chief.get("/administration/caf/1/lieux/nouveau")
    page = chief.submit({"name": "Mairie", "short_name": "Mairie", "street": "1 rue", "postal_code": "69000",
                         "city": "Lyon"}, having="street")  # fmt: skip
    assert page.h1 == "Plages, Mairie" and "Aucune plage" in page.text


# ── motifs ──────────────────────────────────────────────────────────────────────────────────────


def test_a_new_motif_is_listed_and_can_be_booked_by_its_modes(dominique, database):
    dominique.get("/administration/caf/1/motifs/nouveau")
    page = dominique.submit(
        {"code": "12", "label": "Prime d'activité", "plain_label": "La prime d'activité", "topic": "Prime",
         "synonyms": "PPA\r\n\r\nprime  activité", "bring": "Vos fiches de paie", "minutes_phone": "20",
         "follow_up": "1"},
        having="plain_label",
    )  # fmt: skip
    assert "La prime d'activité" in page.text and "Téléphone 20 minutes" in page.text
    motif = one(database, select(Motif).where(Motif.code == "12"))
    assert (motif.synonyms, motif.topic, motif.audience) == ("PPA\n\nprime activité", "prime", "tous")
    assert (motif.follow_up_id, motif.notice, motif.active) == (1, 60, True)
    assert "La prime d'activité" in dominique.get("/rendez-vous").text


def test_a_closed_motif_leaves_the_list_of_those_who_book(dominique, camille):
    dominique.get("/administration/caf/1/motifs/4")
    dominique.submit({"active": []}, having="plain_label")
    assert "fermé" in dominique.page.text
    assert "Je dois donner des documents" not in camille.get("/rendez-vous").text
    dominique.get("/administration/caf/1/motifs/4")
    dominique.submit({"active": "y"}, having="plain_label")
    assert "Je dois donner des documents" in camille.get("/rendez-vous").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"code": "03"}, "Le code 03 est déjà celui de « Je veux savoir où en est mon dossier »"),
        ({"code": ""}, "« J'attends un enfant » est déjà sans code"),
        ({"plain_label": ""}, "Écrivez le nom en mots simples."),
        ({"code": "03", "plain_label": ""}, "Le code 03 est déjà celui de"),
        ({"topic": "aide logement"}, "Écrivez un seul mot."),
        ({"notice": "-5"}, "« Délai le plus court » : écrivez un nombre de 0 à 43200 minutes."),
        ({"minutes_on_site": "4"}, "« Sur place » : écrivez un nombre de 5 à 480 minutes."),
        ({"minutes_on_site": "", "minutes_phone": "", "minutes_video": ""}, "Écrivez une durée pour au moins une"),
        ({"follow_up": "999"}, "Choisissez dans la liste."),
        ({"icon": "nowhere"}, "Choisissez dans la liste."),
        ({"audience": "personne"}, "Choisissez une des réponses proposées."),
    ],
)
def test_what_is_wrong_in_a_motif_is_said_and_nothing_typed_is_lost(dominique, values, sentence):
    dominique.get("/administration/caf/1/motifs/1")
    page = dominique.submit({"bring": "Un stylo"} | values, having="plain_label", expect=422)
    assert any(sentence in error for error in page.errors())
    assert "Un stylo" in page.text


def test_the_code_is_only_said_to_be_optional_where_it_is(dominique, database):
    """One motif of a Caf may have none."""
    unnamed = one(database, select(Motif).where(Motif.caf_id == 1, Motif.code == ""))

    def label(address: str) -> str:
        page = dominique.get(f"/administration/caf/1/motifs/{address}")
        return next(text_of(label) for label in page.all("label") if label.get("for") == "code")

    assert label("nouveau") == label("1") == "Code" and label(str(unnamed.id)) == "Code (facultatif)"
    with database.writing() as session:
        session.get_one(Motif, unnamed.id).code = "99"
    assert label("nouveau") == "Code (facultatif)"


def test_the_code_of_a_closed_motif_is_taken_too(dominique, database):
    with database.writing() as session:
        session.get_one(Motif, 2).active, code = False, session.get_one(Motif, 2).code
    dominique.get("/administration/caf/1/motifs/1")
    (error,) = dominique.submit({"code": code}, having="plain_label", expect=422).errors()
    assert "(motif fermé)" in error


NEW_MOTIF = {"code": "77", "label": "Essai", "plain_label": "Un essai", "topic": "Essai", "reminder_days": "2;0",
             "bring": "Un papier\r\nUn stylo", "minutes_phone": "20", "follow_up": "1"}  # fmt: skip


@pytest.mark.parametrize("code", ["77", ""])
def test_a_new_motif_sent_twice_is_made_once_and_leads_to_the_list_both_times(dominique, database, code):
    with database.writing() as session:
        session.execute(update(Motif).where(Motif.caf_id == 1, Motif.code == "").values(code="98"))
    dominique.get("/administration/caf/1/motifs/nouveau")
    sent = dominique.page.form(having="plain_label")["values"] | NEW_MOTIF | {"code": code}
    for words in ("Le motif est enregistré.", "Ce motif est déjà enregistré."):
        page = dominique.post("/administration/caf/1/motifs/nouveau", sent)
        assert words in page.text and page.url == "/administration/caf/1/motifs"
    with database.reading() as session:
        assert len(session.scalars(select(Motif).where(Motif.caf_id == 1, Motif.code == code)).all()) == 1
    page = dominique.post("/administration/caf/1/motifs/nouveau", sent | {"minutes_phone": "25"}, expect=422)
    assert any("est déjà" in error for error in page.errors()), "another one cannot have its code"


def test_a_follow_up_that_is_closed_stays_in_the_list_and_is_not_lost(dominique, database):
    with database.writing() as session:
        session.get_one(Motif, 2).follow_up_id = 3
        session.get_one(Motif, 3).active, closed = False, session.get_one(Motif, 3)
        words = f"{closed.code} {closed.plain_label} (motif fermé)"
    page = dominique.get("/administration/caf/1/motifs/2")
    (chosen,) = [text_of(option) for option in page.all("option") if option.get("value") == "3"]
    assert chosen == words and page.form(having="follow_up")["values"]["follow_up"] == ["3"]
    dominique.submit({"notice": "61"}, having="follow_up")
    changed = one(database, select(Motif).where(Motif.id == 2))
    assert (changed.notice, changed.follow_up_id) == (61, 3)
    other = dominique.get("/administration/caf/1/motifs/1")
    assert words not in other.text, "nobody chooses it anew"


# ── what is sent twice without scripts ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "having", "typed", "said"),
    [
        ("/administration/caf/1/motifs/4", "plain_label",
         {"notice": "99", "reminder_days": "7 2", "bring": " Un  papier\r\n", "topic": "Papiers"}, "Le motif est"),
        ("/administration/plages/7", "desks", {"desks": "2"}, "La plage est changée."),
        (f"/administration/lieux/{LYON}", "street",
         {"access": "Sonnette", "latitude": "45,760", "longitude": "4,85", "matricule": ""}, "Le lieu est enregistré."),
        ("/administration/caf/1/courrier", "post_address", {"post_address": "BP 1"}, "L'adresse pour le courrier"),
    ],
)  # fmt: skip
def test_what_was_kept_by_the_first_of_two_clicks_is_not_said_to_be_lost(dominique, address, having, typed, said):
    dominique.get(address)
    sent = dominique.page.form(having=having)["values"] | typed
    first, second = dominique.post(address, sent), dominique.post(address, sent)
    assert said in first.text and said in second.text and first.url == second.url != address


# ── sites ───────────────────────────────────────────────────────────────────────────────────────


def test_the_official_list_brings_in_the_places_of_the_own_departement_once(dominique, database):
    elsewhere = TARARE.replace("FS-69-1;69", "FS-1-1;1")
    broken = TARARE.replace("FS-69-1", "FS-69-9").replace("69170", "69 17")
    content = csv_of(TARARE.replace("France Services Tarare", "France Services Exemple"), elsewhere, broken)

    def send():
        page = dominique.get("/administration/caf/1/lieux/liste")
        form = page.form(having="file")
        return dominique.post(page.url, form["values"] | {"file": (io.BytesIO(content), "liste.csv")})

    page = send()
    assert "Lieux ajoutés : 1. Mis à jour : 0." in page.text
    assert "1 lieu d'un autre département n'est pas repris" in page.text
    assert "Ligne 4 : le code postal « 69 17 » ne va pas : la ligne n'est pas lue." in page.text
    assert "France Services Exemple" in dominique.get(page.link("Voir les lieux")).text
    assert "Lieux ajoutés : 0. Mis à jour : 0. Déjà justes : 1." in send().text
    assert one(database, select(Site).where(Site.matricule == "FS-1-1")) is None


EXAMPLE = TARARE.replace("Tarare", "Exemple")  # Tarare itself is a place of the demonstration


def send_list(dominique, *lines: str):
    page = dominique.get("/administration/caf/1/lieux/liste")
    sent = page.form(having="file")["values"] | {"file": (io.BytesIO(csv_of(*lines)), "liste.csv")}
    return dominique.post(page.url, sent)


def test_remarks_are_only_of_the_lines_that_are_taken_or_of_no_known_departement(dominique):
    unread = EXAMPLE.replace("9:00 - 12:00 / 13:30 - 17:00", "sur rendez-vous")
    elsewhere = unread.replace("FS-69-1;69", "FS-1-1;1")
    nowhere = EXAMPLE.replace("FS-69-1;69", "FS-1-2;00")
    page = send_list(dominique, elsewhere, elsewhere, elsewhere.replace("69170", "x"), unread, nowhere)
    assert "2 remarques" in page.text and "1 lieu d'un autre département n'est pas repris" in page.text
    assert "Ligne 5 : les horaires du lundi ne se lisent pas, gardés tels quels : « sur rendez-vous »." in page.text
    assert "Ligne 6 : le département « 00 » n'existe pas : la ligne n'est pas lue." in page.text


def test_a_site_typed_by_hand_gets_its_matricule_from_the_list_instead_of_a_double(dominique, database):
    values = {"name": "France  services EXEMPLE", "short_name": "Par ici", "street": "1 r. de l'Exemple",
              "postal_code": "69170", "city": "Exemple"}  # fmt: skip
    dominique.get("/administration/caf/1/lieux/nouveau")
    dominique.submit(values, having="street")
    page = send_list(dominique, EXAMPLE)
    assert "Lieux ajoutés : 0. Mis à jour : 1." in page.text
    assert "« France services EXEMPLE » était déjà là sans matricule : il a maintenant le FS-69-1." in page.text
    site = one(database, select(Site).where(Site.short_name == "Par ici"))
    assert (site.matricule, site.name, site.street) == (
        "FS-69-1", "France Services Exemple", "1 rue de l'Exemple, Bâtiment B",
    )  # fmt: skip


def test_a_site_that_may_be_there_already_is_added_and_said(dominique, database):
    values = {"name": "Mairie", "short_name": "France Services Exemple", "street": "1 rue de l'Exemple",
              "postal_code": "69170", "city": "Exemple"}  # fmt: skip
    dominique.get("/administration/caf/1/lieux/nouveau")
    dominique.submit(values, having="street")
    page = send_list(dominique, EXAMPLE)
    assert "Lieux ajoutés : 1." in page.text
    assert "le lieu est ajouté, mais il est peut-être déjà là sans matricule : regardez « Mairie »." in page.text
    site = one(database, select(Site).where(Site.matricule == "FS-69-1"))
    assert site.short_name == "France Services Exemple, Exemple", "two short names are never the same"


def test_a_list_as_large_as_that_of_the_country_is_read_and_its_remarks_counted(dominique):
    content = csv_of(*[EXAMPLE] * 12_000)
    assert len(content) > 1_500_000
    page = dominique.get("/administration/caf/1/lieux/liste")
    sent = page.form(having="file")["values"] | {"file": (io.BytesIO(content), "liste.csv")}
    with dominique.client.post(page.url, data=sent) as answer:
        words = answer.text.replace("\u00a0", " ").replace("\u202f", " ")
        assert answer.status_code == 200 and "Lieux ajoutés : 1." in words
        assert re.search("11 ?999 remarques", words) and re.search("Et 11 ?949 de plus", words)
        answer.request.environ["wsgi.input"].close()  # so large, it was written to a file


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [({}, "Choisissez le fichier."), ({"file": (io.BytesIO(b"a;b\n1;2\n"), "x.csv")}, "il manque MATRICULE")],
)
def test_another_file_than_the_list_is_refused(dominique, sent, sentence):
    page = dominique.get("/administration/caf/1/lieux/liste")
    page = dominique.post(page.url, page.form(having="file")["values"] | sent, expect=422)
    assert any(sentence in error for error in page.errors())


def test_a_site_is_changed_with_its_coordinates(dominique, database):
    dominique.get(LYON_MORNING)
    page = dominique.submit({"latitude": "45,76", "longitude": "4.85", "matricule": "FS-1"}, having="street")
    assert page.h1 == "Plages, Lyon 3"
    site = one(database, select(Site).where(Site.id == LYON))
    assert (site.latitude, site.longitude, site.matricule) == (45.76, 4.85, "FS-1")
    dominique.get("/administration/lieux/1")
    page = dominique.submit({"matricule": "FS-1"}, having="street", expect=422)
    assert page.errors() == ["Ce matricule est déjà celui de « Caf du Rhône, Lyon 3 Vivier Merle »."]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"postal_code": "6900"}, "Un code postal a 5 chiffres, par exemple 69003."),
        ({"latitude": "100"}, "Écrivez la latitude : un nombre entre -90 et 90, par exemple 45,76."),
        ({"latitude": "nan"}, "Écrivez la latitude : un nombre entre -90 et 90, par exemple 45,76."),
        ({"latitude": "45", "longitude": ""}, "Écrivez la latitude et la longitude, ou aucune des deux."),
        ({"timezone": "Mars/Olympus"}, "Choisissez dans la liste."),
        ({"name": ""}, "Écrivez le nom du lieu."),
    ],
)
def test_what_is_wrong_in_a_site_is_said(dominique, values, sentence):
    dominique.get(LYON_MORNING)
    assert dominique.submit(values, having="street", expect=422).errors() == [sentence]


def test_the_same_site_sent_twice_is_made_once(dominique, database):
    values = {"name": "Mairie", "short_name": "Mairie", "street": "1 rue", "postal_code": "69000", "city": "Lyon"}
    for words in ("Le lieu est enregistré.", "Ce lieu est déjà enregistré."):
        dominique.get("/administration/caf/1/lieux/nouveau")
        page = dominique.submit(values | {"matricule": "FS-1"}, having="street")
        assert page.h1 == "Plages, Mairie" and words in page.text
    with database.reading() as session:
        assert len(session.scalars(select(Site).where(Site.name == "Mairie")).all()) == 1


def test_a_site_that_exists_is_shown_and_what_was_typed_is_kept(dominique, database):
    lyon = one(database, select(Site).where(Site.id == LYON))
    dominique.get("/administration/caf/1/lieux/nouveau")
    values = {"name": lyon.name.upper(), "short_name": "Autre", "street": lyon.street, "postal_code": lyon.postal_code,
              "city": lyon.city, "access": "Sonnette verte"}  # fmt: skip
    page = dominique.submit(values, having="street", expect=422)
    assert page.errors() == ["Ce lieu existe déjà à cette adresse : rien n'est enregistré."]
    assert page.link(lyon.name) == LYON_MORNING
    assert page.form(having="street")["values"]["access"] == ["Sonnette verte"]


def test_two_sites_of_a_caf_never_have_the_same_short_name(dominique, database):
    taken = "Ce nom court est déjà celui de « Caf du Rhône, Lyon 3 Vivier Merle » (Lyon). Choisissez-en un autre."
    values = {"name": "Mairie", "short_name": "LYON 3", "street": "1 rue", "postal_code": "69000", "city": "Lyon"}
    dominique.get("/administration/caf/1/lieux/nouveau")
    assert dominique.submit(values, having="street", expect=422).errors() == [taken]
    dominique.get("/administration/lieux/5")
    assert dominique.submit({"short_name": "Lyon 3"}, having="street", expect=422).errors() == [taken]
    with database.writing() as session:  # from before: it may be changed without being named anew
        session.get_one(Site, 5).short_name = "Lyon 3"
    dominique.get("/administration/lieux/5")
    assert "Le lieu est enregistré." in dominique.submit({"access": "Sonnette"}, having="street").text


def test_sites_are_in_the_order_of_the_names_shown(dominique, database):
    with database.writing() as session:
        session.get_one(Site, LYON).name = "Écully, maison commune"
        session.get_one(Site, 5).name = "Zénith"
        session.get_one(Site, 6).name = "Eaux vives"
    page = dominique.get("/administration/caf/1/lieux")
    names = [text_of(link) for link in page.all("a") if link.get("href", "").endswith("/semaine")]
    assert names[-1] == "Zénith" and names.index("Eaux vives") + 1 == names.index("Écully, maison commune")


def test_a_site_that_goes_to_alsace_has_its_holidays(dominique, database):
    dominique.get(LYON_MORNING)
    dominique.submit({"department": "67"}, having="street")
    assert "Férié : Saint-Étienne" in dominique.get(f"{LYON_MORNING}/semaine?jour=2026-12-26").root_text()
    assert audit(database) == []


# ── openings ────────────────────────────────────────────────────────────────────────────────────

CHRISTMAS = {"weekdays": ["4"], "valid_from-jour": "25", "valid_from-mois": "12", "valid_from-annee": "2026",
             "valid_to-jour": "25", "valid_to-mois": "12", "valid_to-annee": "2026"}  # fmt: skip
NEW = {"mode": "sur-place", "weekdays": ["5"], "starts": "9 h", "ends": "12:30", "interval": "30", "motifs": ["1", "2"]}


def test_an_opening_that_is_over_leaves_the_list_of_those_that_receive(dominique, database):
    with database.writing() as session:
        over = session.scalars(select(Opening).where(Opening.site_id == LYON)).first()
        over.valid_to, number = date(2026, 11, 23), over.id
    page = dominique.get(f"{LYON_MORNING}/semaine")
    (folded,) = [details for details in page.all("details") if "1 plage terminée" in text_of(details)]
    links = [link.get("href") for link in page.all("a") if link.get("href") == f"/administration/plages/{number}"]
    inside = [link.get("href") for link in folded.iter("a")]
    assert inside == links and "terminée" in text_of(folded)


def test_the_week_shows_openings_closures_and_public_holidays(dominique):
    page = dominique.get(f"{LYON_MORNING}/semaine?jour=2026-12-24")
    assert page.h1 == "Plages, Lyon 3" and "Férié : Noël" in page.root_text()
    assert "Semaine du 21 décembre 2026" in page.text and "Sur place, 8 h – 12 h" in page.text
    assert dominique.get(f"{LYON_MORNING}/semaine?jour=bientôt").status == 200


def test_an_opening_by_telephone_has_agents_and_no_guichets(dominique, database):
    with database.writing() as session:
        opening = session.scalars(select(Opening).where(Opening.site_id == LYON, Opening.mode == "telephone")).first()
        opening.desks = 2
        number = opening.id
    page = dominique.get(f"{LYON_MORNING}/semaine")
    (line,) = [
        li for li in page.all("li") if any(a.get("href") == f"/administration/plages/{number}" for a in li.iter("a"))
    ]
    assert "2 agents" in text_of(line) and "guichet" not in text_of(line)
    drawn = [a.get("aria-label") for a in page.all("a") if "block telephone" in (a.get("class") or "")]
    assert drawn and not any("guichet" in label for label in drawn)


def test_a_block_of_the_week_says_what_it_has_room_for(dominique, database):
    """Sunday, so seven columns: alone, four side by side, one of ten minutes."""
    spans = [(480, 720), *[(810, 990)] * 4, (1020, 1030)]
    with database.writing() as session:
        for starts, ends in spans:
            hours = {"weekdays": 64, "starts": starts, "ends": ends, "interval": 10, "valid_from": date(2026, 11, 24)}
            session.add(Opening(site_id=6, mode="sur-place", desks=3, **hours))
    page = dominique.get("/administration/lieux/6/semaine?jour=2026-11-25")
    sunday = [a for a in page.all("a") if "dimanche" in (a.get("aria-label") or "")]
    assert [[text_of(text) for text in a.iter("text")] for a in sunday] == [["× 3", "8 h – 12 h"], *[[]] * 5]
    for a in sunday:
        read = " ".join(text_of(text) for text in a.iter("text"))
        named = a.get("aria-label").replace("\u00a0", " ")
        assert named == text_of(next(a.iter("title"))) + (f", {read}" if read else ""), "named as it is read"
        assert "\n" not in "".join(text.tail for text in list(a.iter("text"))[:-1]), (
            "axe reads a line end as part of it"
        )
    friday = [a for a in page.all("a") if "vendredi" in (a.get("aria-label") or "")]
    assert text_of(list(friday[-1].iter("text"))[-1]) == "13h30 – 16h30"


def test_counting_tells_what_an_opening_makes_and_opens_nothing(dominique, database):
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    assert "Compter les créneaux" in dominique.page.text and "Recalculer" not in dominique.page.text
    page = dominique.submit(NEW | {"desks": "2", "compter": "oui"}, having="starts")
    assert "14 créneaux par jour, 14 par semaine" in page.text
    assert "Ma situation change (20 minutes)jusqu'à 14 rendez-vous par jour" in page.text
    assert one(database, select(Opening).where(Opening.weekdays == 32)) is None


def test_an_opening_of_one_day_counts_one_day_a_week(dominique):
    days = {"weekdays": list("01234"), "valid_from-jour": "30", "valid_to-jour": "30", "valid_to-mois": "11",
            "valid_to-annee": "2026"}  # fmt: skip
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    page = dominique.submit(NEW | days | {"compter": "oui"}, having="starts")
    assert "7 créneaux par jour, 7 par semaine" in page.text


def test_a_public_holiday_goes_when_other_days_of_the_opening_stay(dominique):
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    longer = CHRISTMAS | {"valid_to-jour": "1", "valid_to-mois": "1", "valid_to-annee": "2027"}
    page = dominique.submit(NEW | longer, having="starts", expect=422)
    assert page.errors() == [
        "Tous ces jours sont fériés (Noël, Jour de l'an) : personne n'y est reçu. Corrigez les jours ou les dates."
    ]
    assert "La plage est ouverte" in dominique.submit({"valid_to-jour": "8"}, having="starts").text


def test_a_new_opening_can_be_booked_at_once_and_sent_twice_is_one(dominique, database):
    for words in ("La plage est ouverte", "Cette plage est déjà ouverte"):
        dominique.get(f"{LYON_MORNING}/plages/nouvelle")
        assert words in dominique.submit(NEW, having="starts").text
    with database.reading() as session:
        ((opening),) = session.scalars(select(Opening).where(Opening.weekdays == 32, Opening.site_id == LYON))
    page = dominique.get(f"/rendez-vous?motif=1&lieu={LYON}&jour=5")
    assert f"{opening.id}.2026-11-28.0" in page.html
    assert audit(database) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"weekdays": []}, "Cochez au moins un jour."),
        ({"starts": "neuf heures"}, "Écrivez une heure, par exemple 9 h 30."),
        ({"starts": "13 h"}, "La fin doit venir après le début."),
        ({"starts": "12 h 15"}, "Cette plage dure moins de 30 minutes"),
        ({"starts": "6 h", "ends": "20 h", "interval": "5"}, "Cette plage ferait 168 créneaux, 63 au plus."),
        ({"desks": "51"}, "« Personnes reçues en même temps » : écrivez un nombre de 1 à 50."),
        ({"valid_from-jour": "23"}, "Une plage commence aujourd'hui ou plus tard."),
        ({"valid_from-jour": "31"}, "Cette date n'existe pas."),
        ({"valid_to-jour": "1", "valid_to-mois": "1", "valid_to-annee": "2026"}, "se termine avant de commencer"),
        ({"motifs": []}, "Cochez au moins un motif."),
        ({"valid_to-jour": "27", "valid_to-mois": "11", "valid_to-annee": "2026"}, "Aucun de ces jours ne vient entre"),
        (CHRISTMAS, "Ce jour est férié (Noël) : personne n'y est reçu."),
        ({"mode": "visio"}, "« Je n'ai pas de dossier à cette Caf » ne se prend pas ainsi (en visio)."),
        ({"ends": "9 h 15", "interval": "15"}, "dure plus longtemps que cette plage"),
    ],
)
def test_what_is_wrong_in_an_opening_is_said(dominique, values, sentence):
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    page = dominique.submit(NEW | values, having="starts", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]


def test_no_video_call_is_offered_without_a_link(app, dominique):
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Site).values(video_url=""))
        session.execute(update(Motif).values(video_url=""))
        motif = session.scalar(select(MotifMode.motif_id).where(MotifMode.mode == "visio").limit(1))
    new = NEW | {"mode": "visio", "motifs": [str(motif)]}
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    page = dominique.submit(new, having="starts", expect=422)
    assert len(page.errors()) == 1 and "Il manque le lien de la visio" in page.errors()[0]
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, motif).video_url = "https://visio.exemple.fr/motif"
    assert dominique.submit(new, having="starts").url.startswith("/administration/lieux/")


def test_everything_wrong_in_an_opening_is_said_at_once(dominique):
    dominique.get(f"{LYON_MORNING}/plages/nouvelle")
    wrong = {"weekdays": [], "starts": "13 h", "valid_from-jour": "23", "motifs": []}
    page = dominique.submit(NEW | wrong, having="starts", expect=422)
    assert sorted(page.errors()) == [
        "Cochez au moins un jour.",
        "Cochez au moins un motif.",
        "La fin doit venir après le début.",
        "Une plage commence aujourd'hui ou plus tard.",
    ]


@pytest.fixture
def booked(database) -> Appointment:
    """The last appointment of the demonstration at Lyon 3, after today."""
    with database.reading() as session:
        query = select(Appointment).where(Appointment.site_id == LYON).order_by(Appointment.day.desc())
        return session.scalars(query).first()


def test_no_more_people_are_received_at_once_than_the_place_has_desks(dominique, database):
    """Lyon receives three people on weekday mornings, and names four desks."""
    dominique.get(f"/administration/lieux/{LYON}")
    dominique.submit({"desk_names": "Guichet 1\n\n  Bureau\u00a02 \nGuichet 3\nGuichet 4"}, having="street")
    site = one(database, select(Site).where(Site.id == LYON))
    dominique.get(f"/administration/lieux/{LYON}/plages/nouvelle")
    page = dominique.submit(NEW | {"weekdays": ["0"], "desks": "2"}, having="starts", expect=422)
    (error,) = page.errors()
    assert "Le lundi à 9 h, 5 personnes en même temps, c'est trop : ce lieu a 4 guichets ou bureaux" in error
    assert page.form(having="starts")["values"]["desks"] == ["2"]
    form = page.form(having="starts")["values"] | {"desks": "1"}
    for told in ("La plage est ouverte", "Cette plage est déjà ouverte"):  # a double click
        assert told in dominique.post(f"/administration/lieux/{LYON}/plages/nouvelle", form).text
    query = select(Opening.id).where(Opening.site_id == LYON, Opening.interval == 30, Opening.weekdays == 1)
    number = one(database, query)
    dominique.get(f"/administration/plages/{number}")
    assert "c'est trop" in dominique.submit({"desks": "2"}, having="desks", expect=422).text
    assert site.desk_list == ["Guichet 1", "Bureau 2", "Guichet 3", "Guichet 4"]


@pytest.mark.parametrize("other", [{"motifs": ["2"]}, {"interval": "15"}])
def test_another_opening_at_the_same_hours_counts_among_those_a_place_receives(dominique, database, other):
    """The place is left one desk: the same Saturday morning is opened once, for these motifs at this pace."""
    dominique.get("/administration/lieux/6/plages/nouvelle")
    assert "La plage est ouverte" in dominique.submit(NEW | {"motifs": ["1"]}, having="starts").text
    with database.writing() as session:
        session.get_one(Site, 6).desk_names = "Bureau"
    dominique.get("/administration/lieux/6/plages/nouvelle")
    page = dominique.submit(NEW | {"motifs": ["1"]} | other, having="starts", expect=422)
    assert page.errors()[0].startswith("Le samedi à 9 h, 2 personnes en même temps, c'est trop : ce lieu a 1 guichet.")
    dominique.get("/administration/lieux/6/plages/nouvelle")
    assert "déjà ouverte" in dominique.submit(NEW | {"motifs": ["1"]}, having="starts").text


def test_desks_are_not_taken_from_openings_that_need_them(dominique, database):
    dominique.get(LYON_MORNING)
    page = dominique.submit({"desk_names": "Guichet 1\nGuichet 2", "access": "Sonnette"}, having="street", expect=422)
    (error,) = page.errors()
    assert error == (
        "2 guichets ou bureaux, c'est trop peu. Seules ou ensemble, ces plages reçoivent plus de personnes en même "
        "temps : sur place, 8 h – 12 h, lundi, mardi, mercredi, jeudi, vendredi (3 personnes) ; sur place, 13 h 30 – "
        "16 h 30, lundi, mardi, mercredi, jeudi, vendredi (3 personnes). Mettez-y d'abord moins de personnes, ou "
        "terminez-les."
    )
    (typed,) = [text_of(area) for area in page.all("textarea") if area.get("name") == "desk_names"]
    assert page.form(having="street")["values"]["access"] == ["Sonnette"] and typed == "Guichet 1 Guichet 2"
    for names in ("Guichet 1\nGuichet 2\nGuichet 3", ""):  # enough for all, or no limit
        assert "Le lieu est enregistré." in dominique.submit({"desk_names": names}, having="street").text
        dominique.get(LYON_MORNING)
    assert "c'est trop peu" in dominique.submit({"desk_names": "Accueil"}, having="street", expect=422).text


def test_a_place_that_lacks_desks_already_is_changed_all_the_same(dominique, database):
    with database.writing() as session:
        session.get_one(Site, LYON).desk_names = "Accueil"
    dominique.get(LYON_MORNING)
    same = {"desk_names": "Accueil", "access": "Sonnette"}
    assert "Le lieu est enregistré." in dominique.submit(same, having="street").text
    dominique.get(LYON_MORNING)
    assert "Le lieu est enregistré." in dominique.submit({"desk_names": "Accueil\nBureau"}, having="street").text


def test_two_desks_never_have_the_same_name(dominique, database):
    dominique.get(LYON_MORNING)
    twice = {"desk_names": "Guichet 1\nGuichet 2\nGuichet 3\nguichet  1"}
    page = dominique.submit(twice, having="street", expect=422)
    assert page.errors() == ["« guichet 1 » est écrit deux fois. Donnez à chacun son nom, ou enlevez une ligne."]
    assert "Guichet 1" in one(database, select(Site).where(Site.id == LYON)).desk_list


def test_who_finds_the_same_hour_at_another_opening_of_the_place_is_not_to_move(dominique, database, booked):
    with database.writing() as session:
        old = session.get_one(Opening, booked.opening_id)
        same = {name: getattr(old, name) for name in ("site_id", "mode", "weekdays", "starts", "ends", "interval")}
        other = Opening(**same, desks=20, valid_from=old.valid_from)
        add_opening(session, other, {motif.id for motif in motifs_of_opening(session, old.id)}, START.date(), 60)
    dominique.get(f"/administration/plages/{booked.opening_id}")
    ends = {"valid_to-jour": "24", "valid_to-mois": "11", "valid_to-annee": "2026"}
    page = dominique.submit(ends, having="desks")
    kept = one(database, select(Appointment).where(Appointment.id == booked.id))
    assert (kept.opening_id, kept.day, kept.minute, kept.to_move) == (other.id, booked.day, booked.minute, False)
    assert "La plage est changée" in page.text and "dans une autre plage de ce lieu" in page.text
    assert audit(database) == []


def test_ending_an_opening_lists_who_must_be_moved_before_anything_changes(dominique, database, booked):
    last = booked.day.replace(day=booked.day.day - 1)
    boxes = {"valid_to-jour": str(last.day), "valid_to-mois": str(last.month), "valid_to-annee": str(last.year)}
    dominique.get(f"/administration/plages/{booked.opening_id}")
    page = dominique.submit(boxes, having="desks", expect=409)
    assert booked.name in page.text and "à déplacer" in page.text and "Rien n'est encore changé" in page.text
    assert one(database, select(Opening).where(Opening.id == booked.opening_id)).valid_to is None
    page = dominique.submit({}, having="desks")
    assert "La plage est changée" in page.text and booked.name in page.text
    kept = one(database, select(Appointment).where(Appointment.id == booked.id))
    assert (kept.day, kept.minute, kept.status, kept.to_move) == (booked.day, booked.minute, "pris", True)
    agenda = dominique.get(f"/agenda?jour={booked.day.isoformat()}&site={LYON}").text
    assert "à déplacer" in agenda
    assert audit(database) == []


def test_counting_again_shows_again_who_must_be_moved(dominique, database, booked):
    last = booked.day.replace(day=booked.day.day - 1)
    boxes = {"valid_to-jour": str(last.day), "valid_to-mois": str(last.month), "valid_to-annee": str(last.year)}
    dominique.get(f"/administration/plages/{booked.opening_id}")
    dominique.submit(boxes, having="desks", expect=409)
    dominique.submit({"compter": "oui"}, having="desks")
    assert booked.name in dominique.submit({}, having="desks", expect=409).text


def test_a_motif_that_reaches_further_prepares_the_days_it_needs(dominique, camille):
    far = "/rendez-vous?motif=1&des-jour=15&des-mois=2"
    assert "pas plus tard" in camille.get(far).text
    dominique.get("/administration/caf/1/motifs/1")
    dominique.submit({"horizon": "120"}, having="plain_label")
    page = camille.get(far)
    assert "15 février" in page.text and "Aucun créneau" not in page.text


def test_counting_while_an_opening_is_changed_changes_nothing(dominique, database, booked):
    page = dominique.get("/administration/plages/7")
    opening = one(database, select(Opening).where(Opening.id == 7))
    a_day = opening.grid.intervals * opening.desks
    assert f"Cette plage fait {a_day} créneaux par jour, {a_day * 5} par semaine" in page.text
    more = str(opening.desks + 1)
    page = dominique.submit({"desks": more, "motifs": ["1"], "compter": "oui"}, having="desks")
    a_day = opening.grid.intervals * (opening.desks + 1)
    assert f"Cette plage fait {a_day} créneaux par jour" in page.text
    assert page.text.count("rendez-vous par jour") == 1 and page.form(having="desks")["values"]["desks"] == [more]
    assert one(database, select(Opening).where(Opening.id == 7)).desks == opening.desks
    page = dominique.submit({"desks": "0", "compter": "oui"}, having="desks", expect=422)
    assert (
        page.errors() == ["« Personnes reçues en même temps » : écrivez un nombre de 1 à 50."]
        and "par semaine" not in page.text
    )


def test_counting_never_confirms_a_change_that_would_move_people(dominique, database, booked):
    last = booked.day.replace(day=booked.day.day - 1)
    boxes = {"valid_to-jour": str(last.day), "valid_to-mois": str(last.month), "valid_to-annee": str(last.year)}
    dominique.get(f"/administration/plages/{booked.opening_id}")
    dominique.submit(boxes | {"compter": "oui"}, having="desks")
    assert one(database, select(Opening).where(Opening.id == booked.opening_id)).valid_to is None
    page = dominique.submit({}, having="desks", expect=409)
    assert booked.name in page.text, "the next button still shows who is to be moved first"


def test_an_opening_cannot_end_in_the_past_nor_receive_for_nothing(dominique):
    dominique.get("/administration/plages/7")
    past = {"valid_to-jour": "1", "valid_to-mois": "11", "valid_to-annee": "2026"}
    page = dominique.submit(past, having="desks", expect=422)
    assert page.errors() == ["Ce jour est passé : choisissez aujourd'hui ou plus tard."]
    page = dominique.submit({"motifs": []} | dict.fromkeys(past, ""), having="desks", expect=422)
    assert page.errors() == ["Cochez au moins un motif."]


def test_an_opening_that_was_changed_in_another_tab_is_not_overwritten_unseen(dominique, database):
    dominique.get("/administration/plages/7")
    first = dominique.page.form(having="desks")["values"]
    dominique.submit({"desks": "4"}, having="desks")
    page = dominique.post("/administration/plages/7", first | {"desks": "2"}, expect=422)
    assert "Cette page a été changée depuis que vous l'avez ouverte" in page.text
    assert one(database, select(Opening).where(Opening.id == 7)).desks == 4
    assert "La plage est changée" in dominique.submit({}, having="desks").text
    assert one(database, select(Opening).where(Opening.id == 7)).desks == 2


def test_an_opening_that_is_changed_while_the_page_is_read_is_not_overwritten_unseen(dominique, database, monkeypatch):
    """By someone who is done between the look at what was sent and the change."""
    write = openings.writing

    def change_first():
        with database.writing() as session:
            session.get_one(Opening, 7).desks = 4
        return write()

    dominique.get("/administration/plages/7")
    monkeypatch.setattr(openings, "writing", change_first)
    ends = {"valid_to-jour": "24", "valid_to-mois": "12", "valid_to-annee": "2030"}
    page = dominique.submit(ends, having="desks", expect=422)
    assert "Cette page a été changée depuis que vous l'avez ouverte" in page.text
    kept = one(database, select(Opening).where(Opening.id == 7))
    assert (kept.desks, kept.valid_to) == (4, None)
    assert "La plage est changée" in dominique.submit({}, having="desks").text


def test_a_motif_longer_than_the_opening_is_refused_when_it_is_changed_too(dominique, database):
    with database.writing() as session:
        opening = session.get_one(Opening, 7)
        opening.ends, opening.interval = opening.starts + 15, 15
    dominique.get("/administration/plages/7")
    (error,) = dominique.submit({"motifs": ["1"]}, having="desks", expect=422).errors()
    assert error == "« Ma situation change » dure plus longtemps que cette plage. Décochez-le."
    page = dominique.get("/administration/plages/7")
    assert "Ma situation change (20 minutes)trop long pour cette plage : personne ne peut le prendre" in page.text
    assert "jusqu'à 0 rendez-vous" not in page.text


def test_motifs_that_an_opening_no_longer_offers_are_marked_and_not_counted(dominique, database):
    opening = one(database, select(Opening).where(Opening.id == 7))
    with database.writing() as session:
        session.get_one(Motif, 1).active = False
        second = session.get_one(Motif, 2)
        second.modes = [item for item in second.modes if item.mode != opening.mode]
        names = [session.get_one(Motif, number).plain_label for number in (1, 2)]
    page = dominique.get("/administration/plages/7")
    ticked = [text_of(label) for label in page.all("label") if any(box.get("checked") for box in label.iter("input"))]
    marks = (f"{names[0]} (motif fermé)", f"{names[1]} (n'est plus proposé sur place)")
    assert all(any(text.endswith(mark) for text in ticked) for mark in marks)
    (count,) = [section for section in page.all("section") if section.get("id") == "compte"]
    assert not any(name in text_of(count) for name in names) and '"1":' not in count.get("data-minutes")


def test_the_address_for_letters_changed_in_another_tab_is_not_overwritten_unseen(dominique, database):
    dominique.get("/administration/caf/1/courrier")
    first = dominique.page.form(having="post_address")["values"]
    dominique.submit({"post_address": "1 rue Haute\n69000 Lyon"}, having="post_address")
    page = dominique.post("/administration/caf/1/courrier", first | {"post_address": "BP 1"}, expect=422)
    assert "Cette page a été changée" in page.text and "BP 1" in page.text
    assert one(database, select(Caf).where(Caf.id == 1)).post_address.startswith("1 rue Haute")


# ── closures ────────────────────────────────────────────────────────────────────────────────────


def closing(day) -> dict:
    return {"first-jour": str(day.day), "first-mois": str(day.month), "first-annee": str(day.year),
            "reason": "travaux"}  # fmt: skip


def test_closing_a_day_lists_who_must_be_moved_then_keeps_them_marked(dominique, database, booked):
    dominique.get(f"{LYON_MORNING}/fermetures/nouvelle")
    page = dominique.submit(closing(booked.day), having="reason", expect=409)
    assert booked.name in page.text
    page = dominique.submit({}, having="reason")
    assert "Fermé : travaux" in page.root_text() and "La fermeture est enregistrée" in page.text
    assert one(database, select(Appointment).where(Appointment.id == booked.id)).to_move
    assert audit(database) == []
    lift = f"{LYON_MORNING}/fermetures/1/lever"
    twice = page.form(action=lift)["values"]
    page = dominique.submit({}, action=lift)
    assert "La fermeture est levée" in page.text and "Aucune fermeture à venir" in page.text
    assert "Cette fermeture est déjà levée." in dominique.post(lift, twice).text
    assert not one(database, select(Appointment).where(Appointment.id == booked.id)).to_move
    assert audit(database) == []


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (25, "La fermeture est levée, mais ce jour reste férié (25 décembre, Noël) : personne n'y est reçu."),
        (26, "les créneaux sont de nouveau proposés, sauf le jour férié (25 décembre, Noël)."),
    ],
)
def test_lifting_a_closure_leaves_the_public_holidays(dominique, last, sentence):
    dominique.get(f"{LYON_MORNING}/fermetures/nouvelle")
    days = closing(date(2026, 12, 25)) | {"last-jour": str(last), "last-mois": "12", "last-annee": "2026"}
    dominique.submit(days, having="reason")
    assert sentence in dominique.submit({}, action=f"{LYON_MORNING}/fermetures/1/lever").text


def test_a_confirmation_counts_only_for_those_who_were_shown(dominique, booked, database):
    dominique.get(f"{LYON_MORNING}/fermetures/nouvelle")
    dominique.submit(closing(booked.day), having="reason", expect=409)
    with database.writing() as session:
        cancel(session, appointment_by_id(session, booked.id), booked.created_at)
        rest = session.scalars(
            select(Appointment).where(
                Appointment.site_id == LYON, Appointment.day == booked.day, Appointment.status == "pris"
            )
        ).all()
    dominique.submit({}, having="reason", expect=409 if rest else 200)
    assert (one(database, select(Closure)) is None) is bool(rest), "who was not shown is shown first"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"first-jour": ""}, "Cette date n'existe pas."),
        ({"first-annee": "26"}, "Écrivez l'année avec ses quatre chiffres, par exemple 2027."),
        ({"first-jour": "", "first-mois": "", "first-annee": ""}, "Écrivez le jour, le mois et l'année"),
        ({"first-jour": "23"}, "Ce jour est passé"),
        ({"last-jour": "24", "last-mois": "11", "last-annee": "2026"}, "Le dernier jour doit venir après le premier."),
        ({"last-jour": "1", "last-mois": "1", "last-annee": "2029"}, "Une fermeture dure un an au plus."),
        ({"reason": "x" * 130}, "130 lettres, c'est trop : 120 au plus."),
    ],
)
def test_what_is_wrong_in_a_closure_is_said(dominique, values, sentence):
    dominique.get(f"{LYON_MORNING}/fermetures/nouvelle")
    base = {"first-jour": "25", "first-mois": "11", "first-annee": "2026"}
    page = dominique.submit(base | values, having="reason", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]


def test_openings_that_read_alike_are_told_apart_where_one_is_closed(dominique, database):
    wednesday = {"mode": "visio", "weekdays": 4, "starts": 540, "ends": 720, "interval": 30}
    dates = [(date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 1, 6), date(2027, 1, 6)), (date(2027, 2, 1), None)]
    with database.writing() as session:
        for (first, last), motifs in [*zip(dates, [{1}, {1}, {1}], strict=True), (dates[2], {3})]:
            row = Opening(site_id=3, **wednesday, valid_from=first, valid_to=last)
            add_opening(session, row, motifs, START.date(), 60)
    page = dominique.get("/administration/lieux/3/fermetures/nouvelle")
    told = [text_of(option) for option in page.all("option") if "visio" in text_of(option)]
    same = "Une plage : en visio, 9 h – 12 h, mercredi"
    more = f"{same}, à partir du 1er février 2027, toutes les 30 minutes, 1 personne en même temps, pour"
    assert told == [
        f"{same}, du 1er décembre 2026 au 31 décembre 2026",
        f"{same}, le 6 janvier 2027",
        f"{more} « Ma situation change »",
        f"{more} « Je veux savoir où en est mon dossier »",
    ]
    number = next(option.get("value") for option in page.all("option") if "6 janvier" in text_of(option))
    page = dominique.submit(closing(date(2027, 1, 6)) | {"of": number}, having="reason")
    assert "seulement en visio, 9 h – 12 h, mercredi, le 6 janvier 2027" in page.text


def test_a_closure_sent_twice_is_one(dominique, database):
    for _ in range(2):
        dominique.get(f"{LYON_MORNING}/fermetures/nouvelle")
        dominique.submit(closing(date(2027, 5, 5)), having="reason")
    with database.reading() as session:
        assert len(session.scalars(select(Closure)).all()) == 1
        assert session.scalars(select(Caf)).first()
