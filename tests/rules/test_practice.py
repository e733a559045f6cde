"""Practice: the kind sentence for each mistake, what a click leads to, and what every exercise must be."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from counter.icons import knows_icon
from counter.practice import (
    BACK,
    ONE_OF,
    Attempt,
    Button,
    Exercise,
    Line,
    Panel,
    Said,
    Screen,
    UnknownScreen,
    elise,
    faults_to_tell,
    harder,
    load_attempt,
    press,
)
from counter.practice.content import EXERCISES
from counter.practice.fields import (
    Amount,
    Choice,
    Day,
    Digits,
    NewSecret,
    Option,
    Secret,
    Ticks,
    Words,
    cents,
    plain,
    secret_lacks,
)
from counter.security import SECRET_FIELDS
from counter.tutorials.loader import load_catalogue

SCREENS = [(exercise, screen) for exercise in EXERCISES.values() for screen in exercise.screens]
IDS = [f"{exercise.slug}/{screen.key}" for exercise, screen in SCREENS]

# ── a field and what was typed in it ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2770900123456", None),
        ("", "Numéro de Sécurité sociale : écrivez 13 chiffres."),
        ("277090012345", "Le site demande 13 chiffres, vous en avez écrit 12."),
        ("277090012345679", "Gardez les 13 premiers chiffres, laissez les 2 derniers."),
        ("2 77 09 00 123 456", "Écrivez les chiffres à la suite, sans espace."),
        ("277O90O123456", "Écrivez le chiffre 0, pas la lettre O."),
        ("Lambert", "Écrivez seulement des chiffres."),
        ("٢770900123456", "Écrivez seulement des chiffres."),
        ("2770900123457", "Le 13e chiffre est différent : comparez avec la carte."),
        ("1770900123456", "Le 1er chiffre est différent : comparez avec la carte."),
        ("1850578006084", "Écrivez ce qui est sur la carte, jamais vos vraies informations."),
    ],
)
def test_the_thirteen_digits(typed, sentence):
    assert elise.number_field().fault(typed) == sentence


@pytest.mark.parametrize("typed", ["0639981234", "06 39 98 12 34", "06.39.98.12.34"])
def test_a_phone_number_may_have_spaces(typed):
    assert elise.phone_field().fault(typed) is None


def test_a_phone_number_with_a_digit_missing():
    assert elise.phone_field().fault("063998123") == "Le site demande 10 chiffres, vous en avez écrit 9."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Soleil8Mat", None),
        ("a" * 62 + "A1", None),
        ("", "Inventez un mot de passe pour Élise."),
        ("Soleil8", "Ajoutez 3 caractères."),
        ("Soleil8Ma", "Ajoutez 1 caractère."),
        ("SoleilMatin", "Ajoutez 1 chiffre."),
        ("soleil8matin", "Ajoutez 1 grande lettre."),
        ("SOLEIL8MATIN", "Ajoutez 1 petite lettre."),
        ("soleil", "Ajoutez 4 caractères, 1 chiffre et 1 grande lettre."),
        ("..", "Ajoutez 8 caractères, 1 chiffre, 1 grande lettre et 1 petite lettre."),
        ("a" * 63 + "A1", "Ce mot de passe est trop long : 64 caractères au plus."),
    ],
)
def test_a_password_of_ten_to_sixty_four_with_its_classes(typed, sentence):
    assert NewSecret("password", "Mot de passe", expected="Soleil8Matin").fault(typed) == sentence


def test_the_example_of_a_password_follows_its_own_rules():
    assert secret_lacks("Soleil8Matin") == [] and secret_lacks(elise.PASSWORD) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Train7Violet", None),
        ("", "Écrivez le mot de passe d'Élise : il est sur la carte."),
        ("train7violet", "Respectez les grandes et les petites lettres de la carte."),
        ("tRAIN7vIOLET", "Votre clavier écrit en grandes lettres : appuyez sur la touche du cadenas."),
        ("TRAIN7VIOLET", "Votre clavier écrit en grandes lettres : appuyez sur la touche du cadenas."),
        (" Train7Violet", "Enlevez l'espace avant ou après le mot de passe."),
        ("Azerty123456", "Ce mot de passe est différent : écrivez celui de la carte."),
    ],
)
def test_the_password_of_the_card(typed, sentence):
    assert elise.password_field().fault(typed) == sentence


AMOUNT = Amount("aout", "Août, en euros", expected="862,45", traps=(("871,20", "C'est l'autre ligne."),))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("862,45", None),
        ("0862,45", None),
        ("", "Août, en euros : écrivez la somme."),
        ("862.45", "Mettez une virgule à la place du point."),
        ("862,45 €", "Écrivez le nombre seul, sans le signe €."),
        ("huit cents", "Écrivez la somme avec des chiffres."),
        ("862,", "Écrivez la somme comme cet exemple : 250,40."),
        ("862,456", "Écrivez la somme comme cet exemple : 250,40."),
        ("-862,45", "Écrivez la somme comme cet exemple : 250,40."),
        ("862", "Il manque la virgule et les centimes."),
        ("86245", "Mettez une virgule avant les centimes."),
        ("871,20", "C'est l'autre ligne."),
        ("900,00", "Cette somme est différente : regardez sur la carte."),
    ],
)
def test_an_amount_with_a_comma(typed, sentence):
    assert AMOUNT.fault(typed) == sentence


def test_an_amount_may_leave_out_a_last_zero_and_space_its_thousands():
    assert cents("1 234,5") == cents("1234,50") == 123450
    assert Amount("a", "A", expected="1234,50").fault("1 234,5") is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["3", "9", "1977"], None),
        (["03", "09", "1977"], None),
        (["", "", ""], "Écrivez le jour, le mois et l'année."),
        (["3", "", "1977"], "Il manque le mois."),
        (["", "", "1977"], "Il manque le jour et le mois."),
        (["3", "septembre", "1977"], "Écrivez le mois avec son numéro : septembre, c'est 9."),
        (["3", "9", "77"], "Écrivez l'année avec 4 chiffres."),
        (["9", "3", "1977"], "Écrivez le jour avant le mois."),
        (["3", "13", "1977"], "Écrivez un mois de 1 à 12."),
        (["31", "9", "1977"], "Ce mois n'a pas de jour 31 : regardez la carte."),
        (["3", "9", "1978"], "Ici, la date est le 3 septembre 1977."),
        (["3", "9", "0000"], "Écrivez l'année avec 4 chiffres."),
    ],
)
def test_a_date(typed, sentence):
    assert elise.birth_field().fault(typed) == sentence


@pytest.mark.parametrize("typed", ["Lambert", "lambert", "LAMBERT", " Lambért".strip()])
def test_words_forgive_accents_and_capitals(typed):
    assert elise.name_field().fault(typed) is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Nom : écrivez comme sur la carte."),
        ("Lamber", "Presque : écrivez « Lambert »."),
        ("Martin", "Ici, écrivez « Lambert »."),
    ],
)
def test_words_that_differ(typed, sentence):
    assert elise.name_field().fault(typed) == sentence


def test_other_words_for_the_same_document_will_do():
    field = Words("document", "Document", expected="bulletin de salaire", also=("fiche de paie",))
    assert field.fault("Fiche de paie") is None and field.fault("Bulletin de salaire") is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("elise@exemple.fr", None),
        ("Elise@Exemple.fr", None),
        ("", "Adresse mail : écrivez comme sur la carte."),
        ("elise.exemple.fr", "Il manque le signe @ dans l'adresse mail."),
        ("elise @exemple.fr", "Enlevez l'espace : une adresse mail n'a pas d'espace."),
        ("elise@exemple", "Il manque la fin de l'adresse, par exemple « .fr »."),
        ("elise@exemple.fe", "Presque : écrivez « elise@exemple.fr »."),
        ("jean.martin@poste.net", "Ici, écrivez « elise@exemple.fr »."),
    ],
)
def test_an_e_mail_address(typed, sentence):
    assert elise.mail_field().fault(typed) == sentence


def test_a_choice_not_made_a_wrong_one_and_one_that_does_not_exist():
    field = Choice(
        "fichier", "Fichier", options=(Option("a", "A", "C'est flou."), Option("b", "B")), empty="Choisissez."
    )
    assert [field.fault(value) for value in ("", "a", "zzz", "b")] == [
        "Choisissez.",
        "C'est flou.",
        "Choisissez.",
        None,
    ]
    assert field.shown == "Choisissez : B"


TICKS = Ticks(
    "argent",
    "Argent",
    options=(Option("a", "A"), Option("b", "B"), Option("c", "C", "Pas C."), Option("rien", "Rien", "Élise a A et B.")),
    alone="rien",
    empty="Cochez.",
    lacking="Il manque une case.",
)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["a", "b"], None),
        ([], "Cochez."),
        (["a"], "Il manque une case."),
        (["a", "b", "c"], "Pas C."),
        (["a", "rien"], "Ces cases disent le contraire : choisissez."),
        (["rien"], "Élise a A et B."),
    ],
)
def test_boxes_to_tick(typed, sentence):
    assert TICKS.fault(typed) == sentence


def test_a_box_to_leave_empty():
    field = Ticks("souvenir", "Ordinateur", options=(Option("oui", "Se souvenir", "Laissez vide."),))
    assert field.fault([]) is None and field.fault(["oui"]) == "Laissez vide."
    assert field.shown == "Laissez cette case vide"


def test_what_is_read_is_cut_and_cleaned_but_a_password_never_is():
    sent = {
        "nom": ["  Lam\tbert \n" + "x" * 500],
        "password": [" a  b "],
        "argent": ["a", "<script>"],
        "d-jour": [" 3 "],
    }
    values = lambda name: sent.get(name, [])  # noqa: E731
    assert len(elise.name_field().read(values)) == 80 and elise.name_field().read(values).startswith("Lam bert x")
    assert elise.password_field().read(values) == " a  b "
    assert TICKS.read(values) == ["a"]
    assert Day("d", "D").read(values) == ["3", "", ""]


def test_plain_words():
    assert plain("Élise d'Été-Lambert !") == "elise d ete lambert"


# ── what a click leads to ───────────────────────────────────────────────────────────────────────

FIRST = Screen(
    "un",
    "Un",
    ("Tâche.",),
    (Panel("", (Line("Ligne."), Button("bon", "Bon"), Button("autre", "Autre", "Autre sert à autre chose."))),),
)
SECOND = Screen(
    "deux",
    "Deux",
    ("Tâche.",),
    (Panel("", (elise.name_field(), elise.password_field(), Button("envoyer", "Envoyer"))),),
    kind="form",
)
TINY = Exercise("tiny", "Essai", "log-in", "But.", ("Histoire.",), (FIRST, SECOND), ("Fin.",))


def test_the_right_button_leads_on_and_another_says_what_it_does():
    attempt, number = press(TINY, 1, Attempt(), "autre", {}, False)
    assert number == 1 and attempt.told_on(FIRST) == Said("un", "autre") and attempt.slips == {"un": 1}
    attempt, number = press(TINY, 1, attempt, "bon", {}, False)
    assert number == 2 and attempt.furthest == 2 and attempt.said is None


def test_a_mistake_stays_there_with_its_sentences_and_is_told_once():
    typed = {"nom": "Martin", "password": "secret-de-quelqu-un"}
    attempt, number = press(TINY, 2, Attempt(furthest=2), "envoyer", typed, False)
    assert number == 2
    assert faults_to_tell(SECOND, attempt) == {
        "nom": "Ici, écrivez « Lambert ».",
        "password": "Ce mot de passe est différent : écrivez celui de la carte.",
    }
    attempt, number = press(TINY, 2, attempt, "envoyer", {"nom": "Lambert", "password": elise.PASSWORD}, False)
    assert number == 3 and faults_to_tell(SECOND, attempt) == {} and attempt.furthest == 3


def test_a_password_that_is_right_beside_a_wrong_name_is_not_complained_about():
    typed = {"nom": "Martin", "password": elise.PASSWORD}
    attempt, _ = press(TINY, 2, Attempt(furthest=2), "envoyer", typed, False)
    assert set(faults_to_tell(SECOND, attempt)) == {"nom"}


def test_going_back_loses_nothing_and_checks_nothing():
    attempt, number = press(TINY, 2, Attempt(furthest=2), BACK, {"nom": "Lamb", "password": "x"}, False)
    assert number == 1 and attempt.typed_on(SECOND) == {"nom": "Lamb"} and attempt.slips == {}
    assert press(TINY, 1, attempt, BACK, {}, False)[1] == 0
    attempt, number = press(TINY, 1, attempt, "bon", {}, False)
    assert number == 2 and attempt.typed_on(SECOND) == {"nom": "Lamb"}


def test_a_button_nobody_drew_changes_nothing():
    attempt, number = press(TINY, 1, Attempt(), "inconnu", {}, False)
    assert number == 1 and attempt.slips == {} and attempt.said is None


def test_a_screen_that_does_not_exist():
    for number in (0, 3, -1):
        with pytest.raises(UnknownScreen):
            press(TINY, number, Attempt(), "bon", {}, False)


def test_what_was_harder_is_where_one_tried_again_or_asked():
    attempt, _ = press(TINY, 1, Attempt(), "bon", {}, True)
    assert harder(TINY, attempt) == [FIRST]
    attempt, _ = press(TINY, 2, attempt, "envoyer", {}, False)
    assert harder(TINY, attempt) == [FIRST, SECOND]
    assert harder(TINY, Attempt()) == []


def test_no_password_is_ever_in_an_attempt():
    for button in ("envoyer", BACK, "inconnu"):
        attempt, _ = press(TINY, 2, Attempt(), button, {"nom": "x", "password": "Azerty-98765"}, True)
        assert "Azerty-98765" not in json.dumps(attempt.dump())


def test_an_attempt_comes_back_as_it_was():
    attempt, _ = press(TINY, 2, Attempt(furthest=2), "envoyer", {"nom": "Élise"}, True)
    assert load_attempt(json.loads(json.dumps(attempt.dump()))) == attempt
    assert load_attempt(Attempt().dump()) == Attempt()


@pytest.mark.parametrize("dumped", [[], [1], None, 3, [1, 2, 3, 4, 5], [1, {}, {}, [], ["a", "b", "c", "d"]]])
def test_what_is_no_attempt_is_refused(dumped):
    with pytest.raises(ValueError, match=".*"):
        load_attempt(dumped)


def test_one_of_two_fields_is_enough_but_what_is_written_must_be_right():
    screen = replace(SECOND, panels=(Panel("", (elise.phone_field(), elise.mail_field(), Button("ok", "Ok"))),),
                     one_of=("telephone", "mail"))  # fmt: skip
    assert screen.faults({}) == {"telephone": ONE_OF}
    assert screen.faults({"mail": elise.MAIL}) == {} and screen.faults({"telephone": elise.PHONE}) == {}
    assert set(screen.faults({"telephone": elise.PHONE, "mail": "elise"})) == {"mail"}


# ── what every exercise must be ─────────────────────────────────────────────────────────────────


def test_the_eight_exercises_go_with_their_sheets():
    sheets = load_catalogue().tutorials
    assert len(EXERCISES) == 8
    assert {slug: exercise.title for slug, exercise in EXERCISES.items()} == {s: sheets[s].title for s in EXERCISES}


def test_nobody_can_have_elises_number():
    number = elise.NUMBER
    assert len(number) == 13 and number[:5] == "27709"  # a woman born in September 1977…
    assert number[5:7] == "00"  # … in a département that does not exist
    assert (int(number) + int(elise.KEY)) % 97 == 0  # the key is right all the same, as on a real card
    assert elise.VITALE.value.replace(" ", "") == number + elise.KEY
    assert elise.PHONE.startswith("06 39 98 ")  # kept for fiction


@pytest.mark.parametrize(("exercise", "screen"), SCREENS, ids=IDS)
def test_a_screen_has_one_way_on_and_each_other_button_says_what_it_does(exercise, screen):
    assert len([button for button in screen.buttons if button.leads_on]) == 1
    keys = [button.key for button in screen.buttons]
    assert len(keys) == len(set(keys)) and BACK not in keys
    names = [field.key for field in screen.fields]
    assert len(names) == len(set(names)) and not {"bouton", "montrer", "csrf_token"} & set(names)
    assert screen.kind in {"page", "form", "window"} and screen.task and screen.title
    assert all(field.key in SECRET_FIELDS for field in screen.fields if isinstance(field, Secret))
    icons = [b.icon for b in screen.buttons] + [o.icon for f in screen.fields for o in getattr(f, "options", ())]
    assert all(knows_icon(name) for name in [exercise.icon, *filter(None, icons)])
    assert all(button.icon for button in screen.buttons if button.look == "pencil")
    choices = [field for field in screen.fields if isinstance(field, Choice)]
    assert all(len([option for option in field.options if not option.says]) == 1 for field in choices)
    if isinstance(next(iter(screen.fields), None), Digits):
        assert screen.facts, "a number to copy must be on a card"


@pytest.mark.parametrize("slug", EXERCISES)
def test_the_screens_of_an_exercise_have_names_of_their_own(slug):
    keys = [screen.key for screen in EXERCISES[slug].screens]
    assert len(keys) == len(set(keys)) >= 4


def sentences_of(exercise: Exercise) -> list[str]:
    """Every sentence of ours in an exercise; labels of buttons are the site's own."""
    found = [exercise.goal, *exercise.story, *exercise.ending]
    for screen in exercise.screens:
        found += screen.task
        found += [line for button in screen.buttons for line in button.says.splitlines()]
        found += [item.text for item in screen.items() if isinstance(item, Line)]
        for field in screen.fields:
            found += [option.says for option in getattr(field, "options", ()) if option.says]
            found += [field.fault(field.read(lambda _name: []))] if field.fault(field.read(lambda _name: [])) else []
            found += [sentence for _, sentence in getattr(field, "traps", ())]
    return found


@pytest.mark.parametrize("slug", EXERCISES)
def test_the_sentences_are_easy_to_read(slug):
    """falc.md: at most 15 words, one sentence a line, no sign or abbreviation, and nothing that blames."""
    sentences = sentences_of(EXERCISES[slug])
    assert len(sentences) > 20
    for sentence in sentences:
        words = [word for word in re.split(r"[\s'’]+", sentence) if any(c.isalnum() for c in word)]
        assert len(words) <= 15, sentence
        assert not re.search(r"[.!?] [A-ZÉÀÊ]", sentence), sentence
        assert not re.search(r"[&§#<>/;]|etc\.|cf\.|\(e\)|·|\d%|\d{1,2}/\d", sentence), sentence
        assert not re.search(r"\b(faux|incorrect|invalide|interdit|raté|mauvais)\b", sentence.lower()) or (
            "nom" in sentence.lower()
        ), sentence


def test_no_sentence_about_what_was_typed_says_error():
    fields = [field for _, screen in SCREENS for field in screen.fields]
    said = [str(field.fault(field.read(lambda _name: []))) for field in fields]
    assert len(said) > 30 and not [s for s in said if "erreur" in s.lower()]


def test_every_field_can_show_what_to_do():
    for _, screen in SCREENS:
        for field in screen.fields:
            assert re.match(r"(Écrivez|Exemple|Choisissez|Cliquez sur) : .|Laissez cette case vide$", field.shown)
