"""Every kind of attestation on paper: drawn, read back, verified, and refused once one fact is changed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zxingcpp
from PIL import ImageOps
from pypdf import PdfReader

from counter.attestations import Attestation, Kind, household_of
from counter.keys import Unreadable, load_keys
from counter.outside.fictitious_dossiers import fictitious_dossiers
from counter.pdf.attestation import attestation_pdf, blocks, current_wording, sentences
from counter.pdf.reading import read_paper, says_the_same
from counter.pdf.relayed import payment_facts, quotient_facts, quotient_facts_of_dossier
from counter.quotient import read_answer
from counter.rights import Asked
from tests.papers import letter_sizes_of_pdf, pictures_of_pdf, text_of_pdf
from tests.particulier import FAMILY

TODAY, COPIED = date(2026, 11, 24), datetime(2026, 11, 24, 9, 5)
AT = "https://counter.exemple.fr/verifier"
DOSSIER = fictitious_dossiers(TODAY)[0]
ADDRESS = "Bâtiment C, Escalier 4, 112 bis rue de l'Exemple, Lieu-dit Le Bourg, BP 12, 69210 L'Arbresle"
LONG = "Maximilienne-Alexandrine de la Très-Longue-Maison de Villeneuve-Saint-Georges"
NAMES = {
    "80 lettres": (LONG + "-en")[:80],
    "80 sans espace": "Wilhelmina" * 8,
    "un seul nom": "Mononyme",
    "vietnamien": "Nguyễn Thị Hường",
    "arabe": "محمد عبد الله",
}
BENEFITS = (
    "Allocations familiales", "Complément familial", "Allocation de base", "Complément mode de garde", "RSA",
    "Aide au logement", "Allocation aux adultes handicapés", "Majoration vie autonome", "Prime d'activité",
    "Allocation de soutien familial", "Allocation d'éducation de l'enfant handicapé", "Prime de naissance",
    "Allocation de rentrée scolaire", "Retenue pour une dette", "Rappel",
)  # fmt: skip
TYPED = {
    Kind.VISIT: {"jour": "mardi 24 novembre 2026", "horaire": "à 9 h", "lieu": "Ici, 1 rue Exemple", "objet": "RSA"},
    Kind.SUPPORT: {
        "jour": "mardi 24 novembre 2026", "horaire": "de 9 h à 9 h 25", "lieu": "Ici, 1 rue de l'Exemple",
        "demarche": "Déclarer mes ressources", "resultat": "la démarche est commencée", "suite": "envoyer le bail",
    },
    Kind.APPOINTMENT: {
        "caf": "Caf du Rhône", "jour": "lundi 30 novembre 2026", "heure": "9 h 10", "mode": "sur place",
        "lieu": "Lieu : Ici, 1 rue de l'Exemple.",
    },
    Kind.PRESENCE: {
        "jour": "mardi 24 novembre 2026", "horaire": "de 9 h à 9 h 25", "mode": "sur place", "lieu": "Lieu : Ici.",
    },
    Kind.WORKSHOP: {
        "atelier": "Mes premiers pas", "jour": "mardi 24 novembre 2026", "horaire": "de 9 h à 11 h", "lieu": "Ici",
        "partenaires": "Caf, CPAM",
    },
}  # fmt: skip


@cache
def keys():
    with TemporaryDirectory() as folder:
        return load_keys(Path(folder), create=True)


def dossier(name: str = "Élise Lambert", **more) -> dict:
    return DOSSIER | {"responsable": DOSSIER["responsable"] | {"prenom": "", "nom": name}} | more


def payment(content: dict, lines=(("RSA", 48210), ("Retenue pour une dette", -4900))) -> dict[str, str]:
    told = [{"droit": name, "montant": amount} for name, amount in lines]
    paid = {"mois": "2026-10", "le": "2026-11-05", "a": "La personne", "lignes": told}
    return payment_facts(content, [paid], "Portail de la Caf", COPIED)


def facts_of(kind: Kind, name: str = "Élise Lambert") -> dict[str, str]:
    match kind:
        case Kind.QUOTIENT:
            return quotient_facts_of_dossier(dossier(name), "Portail de la Caf", COPIED)
        case Kind.PAYMENT:
            return payment(dossier(name))
        case _:
            return {"personne": name} | TYPED[kind]


def paper_of(kind: Kind, facts: dict[str, str] | None = None) -> Attestation:
    facts = facts or facts_of(kind)
    return Attestation("2026-000042", kind, current_wording(kind), TODAY, "France Services du Val", "L'Arbresle", facts)


def printed(paper: Attestation) -> tuple[str, bytes]:
    seal = keys().signer.seal(paper.signed_content())
    return seal, attestation_pdf(paper, f"{AT}#{seal}", AT)


@cache
def made(kind: Kind) -> tuple[str, bytes]:
    return printed(paper_of(kind))


def verified(content: bytes) -> Attestation:
    """What a phone and a verifying machine make of the printed pages."""
    read = partial(zxingcpp.read_barcodes, formats=zxingcpp.BarcodeFormat.QRCode)
    codes = [code.text for page in pictures_of_pdf(content, 200) for code in read(page)]
    assert len(codes) == 1
    return Attestation.from_signed_content(keys().signer.open(codes[0].partition("#")[2]))


@pytest.mark.parametrize("kind", Kind)
def test_the_code_square_of_the_picture_proves_the_facts_and_the_words_are_those_signed(kind):
    _, content = made(kind)
    paper = paper_of(kind)
    assert verified(content) == paper
    read = read_paper(content)
    assert says_the_same(paper, read.words)
    text = text_of_pdf(content).replace(" ", "")
    assert all(part.replace("**", "").replace("\u00a0", " ").replace("−", "–").replace(" ", "") in text
               for part in sentences(paper))  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_each_fact_changed_in_turn_fails(kind):
    seal, content = made(kind)
    paper, words = paper_of(kind), read_paper(content).words
    for name, value in paper.facts.items():
        changed = replace(paper, facts=paper.facts | {name: "3" + value if value else "ajouté"})
        with pytest.raises(Unreadable):
            keys().signer.open(_with_content(seal, changed))
        assert not says_the_same(changed, words), name
    for more in ({"number": "2026-000043"}, {"issued_on": date(2026, 11, 25)}, {"structure": "Autre structure"}):
        assert not says_the_same(replace(paper, **more), words), more


def _with_content(seal: str, other: Attestation) -> str:
    """The signature of one paper on the facts of another."""
    import base64
    import zlib

    import cbor2

    raw = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4))
    key_id, _, signature = cbor2.loads(zlib.decompress(raw) if raw[:1] == b"\x78" else raw)
    forged = cbor2.dumps([key_id, cbor2.dumps(other.signed_content(), canonical=True), signature])
    return base64.urlsafe_b64encode(forged).rstrip(b"=").decode()


@pytest.mark.parametrize("kind", Kind)
def test_a_printed_amount_or_name_that_was_retouched_is_seen(kind):
    """A true code square on a sheet that says something else."""
    paper = paper_of(kind)
    seal = keys().signer.seal(paper.signed_content())
    for name, value in paper.facts.items():
        forged = replace(paper, facts=paper.facts | {name: value + " 5" if value else "ajouté"})
        words = read_paper(attestation_pdf(forged, f"{AT}#{seal}", AT)).words
        assert not says_the_same(paper, words), name


@pytest.mark.parametrize("kind", Kind)
def test_the_file_is_in_french_named_with_its_fonts_inside_and_nothing_small(kind):
    _, content = made(kind)
    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata.title == kind.label and reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert [entry.title for entry in reader.outline] == [f"{kind.label} n°\u00a02026-000042"]
    assert len(reader.pages) == 1 and "page 1 sur 1" in text_of_pdf(content)
    for font in reader.pages[0]["/Resources"]["/Font"].get_object().values():
        assert "/FontFile2" in font["/FontDescriptor"]
    assert min(letter_sizes_of_pdf(content)) >= 12


@pytest.mark.parametrize("kind", Kind)
def test_the_same_facts_give_the_same_bytes(kind):
    assert printed(paper_of(kind)) == made(kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_any_name_is_printed_whole_inside_the_margins(kind, name):
    paper = paper_of(kind, facts_of(kind, name))
    _, content = printed(paper)
    assert verified(content) == paper and says_the_same(paper, read_paper(content).words)
    for page in pictures_of_pdf(content, 60):
        left, _, right, _ = ImageOps.invert(page.convert("L")).getbbox()
        assert page.width * 0.09 < left and right < page.width * 0.91


# ── what the Caf said ───────────────────────────────────────────────────────────────────────────


def test_a_payment_says_to_whom_what_and_how_much_with_its_source():
    text = text_of_pdf(made(Kind.PAYMENT)[1])
    for words in ("Caf du Rhône", "9000001", "octobre 2026", "RSA 482,10 €", "Retenue pour une dette –49,00 €",
                  "Soit au total 433,10 €", "Payé le 5 novembre 2026. Versé à : la personne.",
                  "Quotient familial de novembre 2026 : 318 €",
                  "Naël Lambert, 21 septembre 2016", "Source : Portail de la Caf, copie du 24 novembre 2026 à 9 h 05.",
                  "France Services du Val recopie ces montants", "ne se saisissent pas"):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(
    ("lines", "total", "remark"),
    [
        ([("RSA", 0)], "0,00 €", "la Caf n'a rien payé"),
        ([("RSA", 4900), ("Retenue pour une dette", -4900)], "0,00 €", "la Caf n'a rien payé"),
        ([("RSA", 4900), ("Retenue pour une dette", -123456)], "–1 185,56 €", "Le total est négatif"),
        ([("RSA", 4900)], "49,00 €", ""),
    ],
)
def test_nothing_and_less_than_nothing_are_printed_as_such(lines, total, remark):
    paper = paper_of(Kind.PAYMENT, payment(dossier(), lines))
    _, content = printed(paper)
    text = text_of_pdf(content)
    assert f"Soit au total {total}" in text and verified(content) == paper
    assert remark in text and ("Ce mois-là" in text or "négatif" in text) is bool(remark)


def test_thirty_benefits_fit_on_two_pages_with_their_head_again_and_the_total_in_company():
    lines = [(f"{name}{more}", 1000 * n - 7) for more in ("", ", rappel") for n, name in enumerate(BENEFITS)]
    paper = paper_of(Kind.PAYMENT, payment(dossier(adresse=ADDRESS), lines))
    _, content = printed(paper)
    first, second = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Prestation" in first and "Prestation" in second and "page 2 sur 2" in second
    assert "Rappel, rappel" in second and "Soit au total" in second
    assert verified(content) == paper and says_the_same(paper, read_paper(content).words)


def test_an_address_of_six_lines_stands_in_the_window_of_the_envelope():
    """The window of a long envelope shows, of a sheet folded in three, 100 to 200 mm across, 50 to 95 mm down."""
    _, content = printed(paper_of(Kind.PAYMENT, payment(dossier(adresse=ADDRESS))))
    picture = pictures_of_pdf(content, 100)[0].convert("L")
    mm = picture.width / 210
    window = picture.crop((int(100 * mm), int(50 * mm), int(200 * mm), int(95 * mm)))
    left, top, right, bottom = (side / mm for side in ImageOps.invert(window).getbbox())
    assert 3 < left < 8 and top > 1 and right < 90 and bottom < 44
    above = picture.crop((int(100 * mm), int(40 * mm), int(200 * mm), int(50 * mm)))
    assert ImageOps.invert(above).getbbox() is None, "nothing else shows in the window"


def test_a_household_without_quotient_nor_address_has_no_empty_line():
    content = dossier(adresse="", quotient=None, conjoint=None, enfants=[], autres=[])
    paper = paper_of(Kind.PAYMENT, payment(content))
    assert not any("Quotient familial" in text or "  " in text for text in sentences(paper))
    assert blocks(paper)[0].right == ("Élise Lambert",)


def test_a_quotient_of_api_particulier_says_who_gave_it_and_when():
    facts = quotient_facts(read_answer(FAMILY), "API Particulier", COPIED)
    paper = paper_of(Kind.QUOTIENT, facts)
    _, content = printed(paper)
    text = text_of_pdf(content)
    for words in ("d'après la Caf, le quotient familial de novembre 2026 est de 318 €", "Calculé en octobre 2026.",
                  "ELISE MARIE LAMBERT, 9 mars 1987", "SAM MODELE, 1985", "ZOE LAMBERT, juillet 2019",
                  "Source : API Particulier, le 24 novembre 2026 à 9 h 05.", "12 RUE DE L'EXEMPLE"):  # fmt: skip
        assert words in text, words
    assert verified(content) == paper


@pytest.mark.parametrize(("value", "said"), [(0, "0 €"), (-12, "–12 €"), (123456, "123456 €")])
def test_any_quotient_is_printed(value, said):
    answer = read_answer(FAMILY | {"quotient_familial": FAMILY["quotient_familial"] | {"valeur": value}})
    paper = paper_of(Kind.QUOTIENT, quotient_facts(answer, "API Particulier", COPIED))
    assert f"est de {said}" in text_of_pdf(printed(paper)[1])


def test_everyone_a_relayed_paper_names_is_found_when_they_ask_what_is_kept():
    names = household_of(facts_of(Kind.PAYMENT))
    assert names == ["Élise Lambert", "Naël Lambert", "Mila Lambert", "Rose Lambert"]
    asked = Asked("Mila", "Lambert", 2, 2)
    assert any(map(asked.is_among, names)) and not any(map(Asked("Zoé", "Lambert", 2, 2).is_among, names))
    answered = household_of(quotient_facts(read_answer(FAMILY), "API Particulier", COPIED))
    assert any(map(Asked("Élise", "Lambert", 9, 3).is_among, answered)), "ELISE MARIE LAMBERT"
    assert household_of(facts_of(Kind.VISIT)) == []
