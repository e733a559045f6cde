"""The FALC linter: each rule finds what is planted, at its line, and leaves alone what is right."""

from __future__ import annotations

import pytest

from counter.icons import knows_icon
from counter.outside.french import morphology, word_frequency
from counter.tutorials.checking import check
from counter.tutorials.glossary import load_glossary
from counter.tutorials.linter import CAF_WORDS, Tools, count_words, lint, sentences_of
from counter.tutorials.loader import load_catalogue
from counter.tutorials.passages import Kind, passages_of
from counter.tutorials.words import WordFinder
from tests.rules.test_tutorials import SHEET, altered, line_of, other

GLOSSARY = WordFinder(load_glossary()[0])
needs_words = pytest.mark.skipif(word_frequency() is None, reason="wordfreq et simplemma manquent : make test les met")
needs_grammalecte = pytest.mark.skipif(morphology() is None, reason="apt install python3-grammalecte")


def tools(glossary: WordFinder = GLOSSARY, tenses: bool = True) -> Tools:
    return Tools(glossary, word_frequency(), morphology() if tenses else None)


WITHOUT_TENSES = tools(tenses=False)  # Grammalecte is a process that takes a moment to start


def found_in(tmp_path, sentence: str, audience: str = "usager", using: Tools = WITHOUT_TENSES) -> list:
    """The findings of a sheet where this sentence has taken the place of « Faites signe. », at its line only."""
    path = tmp_path / "fiche.md"
    text = altered("Faites signe.", sentence).replace("public: usager", f"public: {audience}")
    path.write_text(text, encoding="utf-8")
    line = next(n for n, written in enumerate(text.splitlines(), 1) if written == sentence)
    findings = lint(passages_of(path, "fiche.md"), using)
    assert all(finding.file == "fiche.md" for finding in findings)
    assert not [f for f in findings if f.fault and f.line != line], "the rest of the sheet is right"
    return [finding for finding in findings if finding.line == line]


# ── planted: the rule, and whether it is a fault or a point to look at ──────────────────────────

FAULT, LOOK = True, False
PLANTED = [
    ("longueur", FAULT, "Vous envoyez à la Caf le papier que votre mairie vous donne avant la fin du mois de mai."),
    ("longueur", LOOK, "Vous envoyez à la Caf le papier que votre mairie vous donne demain."),
    ("longueur", FAULT, "Cliquez sur « Je veux recevoir le papier de la Caf chez moi par la poste avant demain »."),
    ("une phrase par ligne", FAULT, "Ouvrez le site. Cliquez sur le bouton."),
    ("une phrase par ligne", FAULT, "Avez-vous un compte ? Cliquez sur « Oui »."),
    ("une phrase par ligne", FAULT, "Cliquez sur « **Oui** ». Le site s'ouvre."),
    ("sigle ou mot de la Caf", FAULT, "Apportez votre XYZ."),
    ("sigle ou mot de la Caf", FAULT, "Demandez la DGCS."),
    ("personne", FAULT, "L'usager doit envoyer un papier."),
    ("personne", FAULT, "Les allocataires peuvent envoyer un papier."),
    ("personne", FAULT, "Il convient de envoyer un papier."),
    ("personne", FAULT, "Il faut que vous envoyez un papier."),
    ("personne", FAULT, "Il est obligatoire d'envoyer un papier."),
    ("personne", LOOK, "Il faut envoyer un papier."),
    ("nombres", FAULT, "Attendez deux jours."),
    ("nombres", FAULT, "Vous recevez mille euros."),
    ("nombres", FAULT, "Lisez le chapitre III."),
    ("nombres", FAULT, "L'aide monte de 10 %."),
    ("nombres", FAULT, "L'aide monte de 10 pour cent."),
    ("nombres", FAULT, "La Caf aide 437 008 personnes."),
    ("nombres", FAULT, "La Caf aide 12000 personnes."),
    ("dates", FAULT, "Venez le 12/05/2026."),
    ("dates", FAULT, "Venez le 12.05.26."),
    ("dates", FAULT, "Venez avant 05/2026."),
    ("dates", FAULT, "Venez le 2026-05-12."),
    ("signes", FAULT, "Donnez votre nom & votre adresse."),
    ("signes", FAULT, "Donnez votre nom, votre adresse, etc."),
    ("signes", FAULT, "Donnez un papier, p. ex. une facture."),
    ("signes", FAULT, "Donnez votre nom ; gardez une photo."),
    ("signes", FAULT, "Donnez votre nom et/ou votre adresse."),
    ("signes", FAULT, "Vous êtes seul(e)."),
    ("signes", FAULT, "Vous êtes seul·e."),
    ("signes", FAULT, "Lisez la note¹."),
    ("signes", LOOK, "Donnez un papier (une facture)."),
    ("négation", FAULT, "Ne partez pas sans votre papier."),
    ("négation", FAULT, "Vous n'avez pas de papier et la Caf ne répond pas."),
    ("négation", FAULT, "Venez sans papier et sans photo."),
    ("négation", LOOK, "Vous n'avez pas de papier."),
    ("négation", LOOK, "Venez sans papier."),
    ("mise en forme", FAULT, "Lisez TOUT LE texte."),
    ("mise en forme", FAULT, "C'est IMPORTANT pour vous."),
    ("mise en forme", FAULT, "Lisez *bien* le texte."),
    ("mise en forme", FAULT, "Lisez _bien_ le texte."),
]
WORDS = [
    ("mot rare", FAULT, "Donnez une caution pécuniaire."),
    ("mot rare", FAULT, "Apportez votre quenouille."),
    ("mot rare", FAULT, "Joignez le récépissé."),
]
TENSES = [
    ("temps", FAULT, "Vous pourriez demander une aide."),
    ("temps", FAULT, "La Caf devrait répondre."),
    ("temps", FAULT, "Attendez que le papier vienne."),
    ("temps", FAULT, "La Caf demande que vous receviez le papier."),
    ("temps", FAULT, "Votre papier a été envoyé."),
    ("temps", FAULT, "Votre demande est étudiée par la Caf."),
    ("temps", FAULT, "Vos papiers sont toujours vérifiés par un agent."),
    ("temps", LOOK, "Votre aide est payée chaque mois."),
    ("temps", LOOK, "La Caf vous répondra."),
]


@pytest.mark.parametrize(("rule", "fault", "sentence"), PLANTED)
def test_what_is_planted_is_found_at_its_line(tmp_path, rule, fault, sentence):
    is_told(found_in(tmp_path, sentence), rule, fault)


@needs_words
@pytest.mark.parametrize(("rule", "fault", "sentence"), WORDS)
def test_a_rare_word_is_found_at_its_line(tmp_path, rule, fault, sentence):
    is_told(found_in(tmp_path, sentence), rule, fault)


@needs_grammalecte
@pytest.mark.parametrize(("rule", "fault", "sentence"), TENSES)
def test_a_tense_is_found_at_its_line(tmp_path, rule, fault, sentence):
    is_told(found_in(tmp_path, sentence, using=tools()), rule, fault)


def is_told(findings, rule: str, fault: bool) -> None:
    told = [finding for finding in findings if finding.rule == rule]
    assert [finding.fault for finding in told] == [fault], findings
    assert told[0].message.endswith(".") and told[0].advice.endswith(".")
    assert str(told[0]).startswith(f"fiche.md, ligne {told[0].line} [{rule}] ")


# ── spared: sentences that are right, each a trap for the rule ──────────────────────────────────

SPARED = {
    "longueur": [
        "Le 3230 répond de 9 h à 12 h et de 13 h 15 à 16 h 30.",
        "Appelez le 04 72 00 00 00 du lundi au vendredi, de 9 h à 12 h.",
        "Vous gagnez 1 000 euros : demandez une aide à un agent.",
        "Cliquez sur « **Simuler ou demander une prestation** ».",
    ],
    "une phrase par ligne": [
        "Cliquez sur « **Vous constatez une erreur ?** » en bas.",
        "Ouvrez le site caf.fr et cliquez sur « Mon Compte ».",
        "M. Martin et Mme. Martin ont un enfant.",
        "L'aide est de 4.50 euros.",
        "Vous avez un doute : demandez à un agent.",
    ],
    "sigle ou mot de la Caf": [
        "Le RSA et l'AAH sont des aides.",
        "Cliquez sur « **RIB XYZ** ».",
        "Ouvrez le site **caf.fr**.",
        "Votre foyer a un plafond de ressources.",
        "Déclarez vos ressources à la CAF.",
    ],
    "personne": [
        "Vous pouvez envoyer un papier.",
        "Un allocataire est une personne qui reçoit une aide.",
        "Il faut d'abord lire la page.",
        "Il reçoit une aide.",
        "Votre conjoint peut envoyer un papier.",
    ],
    "nombres": [
        "Attendez 2 jours.",
        "Vous recevez 12 000 euros ou 9 999 euros.",
        "Vous recevez 10 000 €.",
        "Appelez le 01 02 03 04 05 ou le 0102030405.",
        "Votre code postal est 69003.",
        "Tapez un numéro de 14 chiffres, comme 12345678900012.",
        "Venez en mai 2026 avec un papier neuf.",
        "Cliquez sur « **Les deux parents** ».",
        "Une personne sur 10 a le RSA.",
        "Venez entre 13 h 15 et 16 h 30.",
    ],
    "dates": [
        "Venez le 12 mai 2026.",
        "Appelez le 01.02.03.04.05 ou le 01-02-03-04-05.",
        "Venez à 13 h 15.",
        "Tapez une date comme « **12/05/2026** ».",
        "Vous payez 4,50 euros.",
    ],
    "signes": [
        "Lisez la page https://www.caf.fr/mes-droits/aide.",
        "Cliquez sur « **Actualiser & quitter / fermer** ».",
        "L'enfant d'Élise a 3 ans.",
        "Vous avez un rendez-vous : venez à l'heure.",
        "Demandez par exemple une facture.",
    ],
    "négation": [
        "Faites la demande pas à pas.",
        "Vous avez plus de 15 ans.",
        "Cliquez sur « **Je ne dispose pas d'une pièce, sans papier** ».",
        "Demandez à une personne de la Caf.",
        "Choisissez n'importe quel jour.",
    ],
    "mise en forme": [
        "Cliquez sur « **VALIDER ET PAYER** ».",
        "Cliquez sur **Valider**.",
        "Le RSA, l'AAH et l'AEEH sont des aides.",
        "L'ALF ALS APL sont des aides.",
        "Écrivez mon_nom dans la case.",
    ],
}  # fmt: skip
SPARED_WORDS = {
    "mot rare": [
        "Aujourd'hui, vous avez rendez-vous avec l'agent d'accueil.",
        "Demandez-lui son adresse et celle-ci est juste.",
        "Élise Lambert habite à Décines.",
        "Cliquez sur « **Récépissé pécuniaire** ».",
        "Téléchargez votre justificatif et vos attestations.",
        "Apportez vos fiches de paie et votre carte d'identité.",
    ],
    "temps": [
        "Vous recevez un papier.",
        "Envoyez le papier que la Caf demande.",
        "Soyez à l'heure et ayez votre papier.",
        "Vous êtes marié ou séparé.",
        "Le site s'est fermé.",
        "Vous vous êtes trompé.",
        "Le bouton est à droite.",
        "Cliquez sur « **Votre demande serait envoyée** ».",
        "Vous êtes venu à l'accueil.",
        "La Caf a envoyé un papier.",
    ],
}


@pytest.mark.parametrize(("rule", "sentence"), [(rule, s) for rule, list_ in SPARED.items() for s in list_])
def test_what_is_right_is_left_alone(tmp_path, rule, sentence):
    assert not [finding for finding in found_in(tmp_path, sentence) if finding.rule == rule and finding.fault]


@needs_words
@pytest.mark.parametrize("sentence", SPARED_WORDS["mot rare"])
def test_words_of_every_day_are_left_alone(tmp_path, sentence):
    assert not [finding for finding in found_in(tmp_path, sentence) if finding.rule == "mot rare"]


@needs_grammalecte
@pytest.mark.parametrize("sentence", SPARED_WORDS["temps"])
def test_the_present_is_left_alone(tmp_path, sentence):
    assert not [finding for finding in found_in(tmp_path, sentence, using=tools()) if finding.rule == "temps"]


def test_each_rule_is_held_by_at_least_three_sentences_it_must_not_flag():
    rules = {rule for rule, _, _ in PLANTED + WORDS + TENSES}
    assert rules == SPARED.keys() | SPARED_WORDS.keys()
    assert all(len(sentences) >= 3 for sentences in (*SPARED.values(), *SPARED_WORDS.values()))


# ── where the rules look ────────────────────────────────────────────────────────────────────────

PLACES = {
    "titre": ("titre: Prendre le bus", "titre: Prendre le bus & le car", "titre:"),
    "resume": ("resume: Vous prenez", "resume: L'usager & vous prenez", "resume:"),
    "pour_qui": ("Vous allez au travail.", "Vous & lui allez au travail.", "  - Vous & lui"),
    "a_apporter": ("Votre carte", "Votre carte & votre sac", "  - Votre carte &"),
    "ensuite": ("Vous arrivez.", "Vous arrivez & partez.", "  - Vous arrivez &"),
    "bloque": ("Demandez au conducteur.", "Demandez & redemandez.", "  - Demandez &"),
    "step title": ("## J'attends le bus", "## J'attends & monte", "## J'attends &"),
    "picture": ("texte: La porte est ouverte.", "texte: La porte & le bus.", "texte: La porte &"),
    "sentence": ("Montez par l'avant.", "Montez & descendez.", "Montez &"),
}


@pytest.mark.parametrize(("old", "new", "at"), PLACES.values(), ids=PLACES)
def test_every_place_of_a_sheet_is_read_with_its_line(tmp_path, old, new, at):
    text = altered(old, new)
    (tmp_path / "fiche.md").write_text(text, encoding="utf-8")
    signs = [f for f in lint(passages_of(tmp_path / "fiche.md", "fiche.md"), WITHOUT_TENSES) if f.rule == "signes"]
    assert [(finding.line, finding.fault) for finding in signs] == [(line_of(text, at), True)]


def test_what_is_not_ours_to_judge_is_not_read(tmp_path):
    text = altered("montre: Monter", "montre: MONTER & PAYER / VITE")
    text = text.replace("texte: La porte", "texte: Le bouton MONTER & PAYER / VITE ouvre. La porte").replace(
        "chemin: Arrêt › Bus", "chemin: Arrêt & Bus; 12/05/2026"
    )
    (tmp_path / "fiche.md").write_text(text.replace("ouvre. La porte est ouverte", "ouvre la porte"), encoding="utf-8")
    assert not [f for f in lint(passages_of(tmp_path / "fiche.md", "fiche.md"), WITHOUT_TENSES) if f.fault]


def test_a_note_for_the_agent_may_be_plain_french_but_two_sentences_at_most(tmp_path):
    note = "```agent\n{}\n```\n\nMontez par"
    path = tmp_path / "fiche.md"
    for words, rules in (
        ("Il convient d'être prudent & clair. L'usager pourrait ne pas venir sans aide.", []),
        ("Saluez. Écoutez. Notez.", ["note"]),
    ):
        text = altered("Montez par", note.format(words))
        path.write_text(text, encoding="utf-8")
        faults = [f for f in lint(passages_of(path, "fiche.md"), WITHOUT_TENSES) if f.fault]
        assert [f.rule for f in faults] == rules
        assert all(f.line == line_of(text, words[:6]) for f in faults)


def test_a_long_step_is_to_look_at_on_the_line_of_its_title(tmp_path):
    text = altered("Faites signe.", "Faites signe.\nAttendez.\nMontez.")
    (tmp_path / "fiche.md").write_text(text, encoding="utf-8")
    (finding,) = lint(passages_of(tmp_path / "fiche.md", "fiche.md"), WITHOUT_TENSES)
    assert (finding.rule, finding.fault, finding.line) == ("étape", False, line_of(text, "## J'attends"))


def test_for_a_partner_the_allocataire_is_someone_else(tmp_path):
    for audience, fault in (("usager", True), ("tuteur", True), ("partenaire", False), ("bailleur", False)):
        (finding,) = found_in(tmp_path, "Cherchez l'allocataire.", audience)
        assert (finding.rule, finding.fault) == ("personne", fault)


def test_helps_shared_steps_and_glossary_are_read_too(tmp_path):
    (tmp_path / "communs").mkdir()
    (tmp_path / "glossaire").mkdir()
    (tmp_path / "communs" / "aides.yaml").write_text("agent:\n  - Demandez & attendez.\n")
    (tmp_path / "communs" / "un.md").write_text("## Un\n\n```icone bus\ntexte: Un & deux.\n```\n\nRegardez.\n")
    (tmp_path / "glossaire" / "mots.yaml").write_text(
        "- mot: car\n  explication:\n    - Un bus.\n    - Un & un.\n  exemple: Léa & Paul.\n"
    )
    report = check(tmp_path, lambda glossary: Tools(glossary), knows_icon, tmp_path.rglob("*.*"))
    name = tmp_path.name
    assert {(f.file, f.line) for f in report.faults if f.rule == "signes"} == {
        (f"{name}/communs/aides.yaml", 2),
        (f"{name}/communs/un.md", 4),
        (f"{name}/glossaire/mots.yaml", 4),
        (f"{name}/glossaire/mots.yaml", 5),
    }
    assert report.files == 3


def test_what_the_loader_refuses_is_a_fault_and_the_rest_of_the_file_is_still_read(tmp_path):
    text = altered("```icone bus\ntexte: Un bus arrive.\n```\n", "").replace("Montez par l'avant.", "Montez & partez.")
    (tmp_path / "fiche.md").write_text(text, encoding="utf-8")
    report = check(tmp_path, lambda glossary: Tools(glossary), knows_icon, [tmp_path / "fiche.md"])
    assert [(f.rule, f.line) for f in report.faults] == [
        ("fichier", line_of(text, "## J'attends")),
        ("signes", line_of(text, "Montez &")),
    ]
    assert "n'a pas d'image" in report.faults[0].message


def test_a_rule_without_its_tool_says_so():
    assert len(Tools().unchecked()) == 2
    assert "wordfreq" in Tools().unchecked()[0] and "Grammalecte" in Tools().unchecked()[1]
    assert Tools(frequency=lambda word: 8, morphology=lambda words: {}).unchecked() == []


# ── counting ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Le 3230 répond de 13 h 15 à 16 h 30.", 7),
        ("Cliquez sur « **Mon Compte** ».", 4),
        ("L'agent d'accueil vous aide.", 4),
        ("Vous gagnez 1 000 euros : demandez.", 5),
        ("Appelez le 01 02 03 04 05.", 3),
        ("Avez-vous un compte ?", 3),
    ],
)
def test_words_are_counted_as_a_reader_counts_them(text, count):
    assert count_words(text) == count
    assert count_words(text.replace(" ", "\u202f")) == count


def test_a_line_gives_back_its_sentences_whole():
    text = "Cliquez sur « **Quoi ? Oui.** » en bas. Le site s'ouvre !"
    assert sentences_of(text) == ["Cliquez sur « **Quoi ? Oui.** » en bas.", "Le site s'ouvre !"]


# ── the catalogue ───────────────────────────────────────────────────────────────────────────────


def test_every_word_the_linter_takes_for_a_caf_word_is_explained():
    assert [word for word in CAF_WORDS if not GLOSSARY.uses(word)] == []


@needs_words
def test_the_whole_catalogue_has_no_fault():
    report = check(None, tools, knows_icon)
    assert [str(finding) for finding in report.faults] == []
    assert report.files > len(load_catalogue().tutorials)


def test_a_passage_says_what_it_is(tmp_path):
    (tmp_path / "fiche.md").write_text(other(SHEET), encoding="utf-8")
    kinds = {passage.text: passage.kind for passage in passages_of(tmp_path / "fiche.md", "fiche.md")}
    assert kinds["Prendre le car"] is kinds["Je monte"] is Kind.TITLE
    assert kinds["Votre carte"] is Kind.ITEM
    assert kinds["Un bus arrive."] is Kind.PICTURE
    assert kinds["Faites signe."] is kinds["Demandez au conducteur."] is Kind.SENTENCE
    assert "Un groupe de lecture" not in kinds and "car" not in kinds and "Ligne 1" not in kinds
