"""NUL, which no keyboard types and PostgreSQL refuses: taken out of whatever a browser sends, in one place."""

from __future__ import annotations

import pytest
from flask import request
from sqlalchemy import event

from counter.demonstration import PASSWORD
from tests.pages import Visitor
from tests.views.test_appointments import PERSON, choose

NUL = "\0"


@pytest.fixture
def parameters(app):
    """Every text that reaches the main database."""
    seen = []
    engine = app.extensions["counter"].main.engine

    def look(_connection, _cursor, _statement, values, _context, many):
        rows = values if many else [values]
        seen.extend(value for row in rows for value in row if isinstance(value, str))

    event.listen(engine, "before_cursor_execute", look)
    yield seen
    event.remove(engine, "before_cursor_execute", look)


def test_nul_is_taken_out_of_names_and_values_and_nothing_else(app):
    sent = {"a\0b": "c\0", "motif": ["1\0", "2"]}
    with app.test_request_context("/rendez-vous?q=x%00y&%00z=1", method="POST", data=sent):
        assert request.args.to_dict() == {"q": "xy", "z": "1"}
        assert request.form.to_dict(flat=False) == {"ab": ["c"], "motif": ["1", "2"]}
        assert request.values["ab"] == "c"


def test_a_file_goes_through_as_it_is(app):
    import io

    with app.test_request_context("/", method="POST", data={"f": (io.BytesIO(b"a\0b"), "x.csv"), "t\0": "v\0"}):
        assert request.files["f"].read() == b"a\0b" and request.form.to_dict() == {"t": "v"}


@pytest.mark.parametrize(
    "address",
    [
        "/rendez-vous?sujet=%00",
        "/rendez-vous?q=%00",
        "/rendez-vous?motif=%00",
        "/rendez-vous?motif=1&lieu=%00&comment=%00&jour=%00&des-jour=%00&des-mois=%00",
        "/rendez-vous/coordonnees?motif=1&creneau=%00",
        "/agenda?jour=%00&site=%00",
        "/agenda/appels?jour=%00",
        "/demarches?q=%00",
        "/demarches/%00",
        "/static/%00",
        "/connexion?suite=%00",
        "/verifier?x=%00",
    ],
)
def test_no_address_brings_nul_to_the_database_nor_a_fault(camille, parameters, address):
    response = camille.client.get(address, follow_redirects=True)
    assert response.status_code < 500
    assert not any(NUL in text for text in parameters)


def test_a_whole_booking_full_of_nul_is_booked_without_it(camille, parameters):
    choose(camille)
    form = camille.page.form(having="first_name")
    values = {name: value[0] + NUL for name, value in form["values"].items()}
    typed = {name: NUL + value for name, value in PERSON.items()} | {"email": f"e{NUL}lise@exemple.fr"}
    page = camille.post(form["action"], values | typed)
    assert page.h1 == "Le rendez-vous est pris" and "Élise Lambert" in page.text and NUL not in page.html
    assert parameters and not any(NUL in text for text in parameters)


def test_nul_in_every_field_of_signing_in_and_finding_is_answered(visitor, parameters):
    visitor.get("/connexion")
    visitor.submit({"identifier": f"cam{NUL}ille", "password": "Bonjour-2026"}, having="password")
    assert visitor.page.h1.startswith("Bonjour")
    visitor.get("/rendez-vous/gerer")
    typed = {"code": f"ABCD{NUL}EFGH", "birth-jour": f"3{NUL}", "birth-mois": "9"}
    page = visitor.submit(typed, having="code", expect=422)
    said = "Aucun rendez-vous pour ce code et ce jour de naissance. Vérifiez le code, le jour et le mois."
    assert page.errors() == [said]
    assert parameters and not any(NUL in text for text in parameters)


@pytest.mark.parametrize(
    ("who", "path"),
    [("camille", "/rendez-vous?motif=1"), ("dominique", "/administration/journal?q="), ("dominique", "/suivi?q=")],
)
def test_the_words_addresses_are_made_with_mean_nothing_in_a_query(app, who, path):
    page = Visitor(app).sign_in(who, PASSWORD).get(f"{path}&endpoint=x&_scheme=javascript&_external=1&_anchor=y")
    assert not [link for link in page.links().values() if "javascript" in link or link.endswith("#y")]
