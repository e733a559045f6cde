"""Search: one question, everything that answers it. What is asked is neither kept nor written in a log."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user

from counter.access import Permission
from counter.models import Motif
from counter.search import MOST_CHARACTERS, Entry, Kind, language_of, sheet_entries, word_entries
from counter.security import allow, permission_of
from counter.store.places import list_motifs, motif_to_propose
from counter.store.search import Found, Index, OutdatedIndex
from counter.store.search_index import build, fingerprint_of, is_current
from counter.tutorials import Tutorial
from counter.web import Services, agent, reading, services

blueprint = Blueprint("search", __name__)
MOST_MOTIFS = 3
PHONE_SHEET = "contacter-caf-telephone"
_lock = Lock()


@dataclass(frozen=True)
class AppPage:
    """A page of the application that can be found: where it is, what it is for, other words for it."""

    endpoint: str
    title: str
    what: str
    icon: str
    said: tuple[str, ...]


URGENT = "diagnosis.urgent"
PAGES = (
    AppPage("diagnosis.ask", "Faire le point", "12 questions pour savoir quelle aide proposer", "compass",
            ("diagnostic", "autonomie", "orienter la personne", "questionnaire", "quelle aide proposer")),
    AppPage("demarches.catalogue", "Toutes les fiches", "Les démarches pas à pas, par thème", "footprints",
            ("catalogue", "liste des démarches", "guide", "tutoriels", "livret")),
    AppPage("demarches.glossary", "Le dico de la Caf", "Les mots difficiles, expliqués simplement", "book-open-text",
            ("dictionnaire", "glossaire", "mots difficiles", "que veut dire", "explication des mots", "sigles")),
    AppPage("appointments.choose", "Prendre un rendez-vous", "Sur place, par téléphone ou en visio", "calendar-plus",
            ("réserver", "créneau", "prendre rendez-vous maintenant", "place libre", "visio")),
    AppPage("manage.find", "Retrouver un rendez-vous", "Avec son code : voir, déplacer, annuler", "calendar-search",
            ("code du rendez-vous", "annuler un rendez-vous", "déplacer un rendez-vous", "rendez-vous déjà pris")),
    AppPage("agenda.day", "Agenda", "Qui vient aujourd'hui", "calendar-days",
            ("planning", "rendez-vous du jour", "liste des rendez-vous", "semaine")),
    AppPage("phone_calls.people", "Personnes à appeler", "Celles qui n'ont ni e-mail ni SMS", "phone-outgoing",
            ("liste d'appels", "rappeler les personnes", "prévenir")),
    AppPage("workshops.upcoming", "Ateliers", "Inscrire à un atelier, feuille de présence", "presentation",
            ("atelier collectif", "inscription atelier", "séance", "émargement")),
    AppPage("attestations.choose", "Imprimer une attestation", "Passage ou rendez-vous", "file-badge",
            ("attestation de passage", "attestation de présence", "preuve que je suis venu", "papier pour mon patron")),
    AppPage("verification.verify", "Vérifier une attestation", "Un papier est-il vrai ?", "shield-check",
            ("attestation vraie", "authentique", "faux papier", "code carré")),
    AppPage("dossiers.find", "Consulter un dossier", "Avec le nom et le numéro, selon votre profil", "folder-search",
            ("dossier allocataire", "Cdap", "numéro d'allocataire", "ouvrir le dossier de la personne")),
    AppPage("quotient.form", "Demander le quotient familial", "À la Caf ou à la MSA, avec l'identité", "calculator",
            ("QF", "quotient familial de la personne", "API Particulier", "demander le QF")),
    AppPage("processing.dates", "Dates que la Caf traite", "Où en est la Caf dans le courrier et les demandes",
            "hourglass", ("délais", "délai de traitement", "combien de temps attend-on", "retard de la Caf")),
    AppPage(URGENT, "Urgence : appeler maintenant", "Les numéros à appeler avec la personne", "siren",
            ("urgence", "danger", "violence", "il me frappe", "il me tape", "battue", "mon mari me donne des coups",
             "coups et blessures", "viol", "menacée", "suicide", "envie de mourir", "je veux mourir", "me tuer",
             "plus envie de vivre", "me faire du mal", "en finir avec la vie", "dormir dehors ce soir", "à la rue",
             "enfant en danger", "enfant frappé", "police", "Samu", "115", "119", "3919")),
    AppPage("figures.follow_up", "Suivi", "Les chiffres de ce lieu", "chart-column",
            ("statistiques", "chiffres", "tableau", "export", "bilan")),
    AppPage("status.state", "État du poste", "Ligne, base, créneaux, fiches à corriger", "monitor-check",
            ("panne", "hors ligne", "erreur du poste", "version")),
    AppPage("administration.home", "Administration", "Motifs, lieux, horaires d'ouverture", "settings",
            ("réglages", "plages", "fermeture", "ouvrir des créneaux", "motifs de rendez-vous")),
    AppPage("help.guide", "Aide", "Comment se servir de Counter", "circle-question-mark",
            ("mode d'emploi", "comment faire avec ce logiciel", "ce logiciel")),
)  # fmt: skip
PAGE_OF = {page.endpoint: page for page in PAGES}


@blueprint.get("/recherche")
@allow(Permission.COUNTER)
def results():
    """Sheets first, then words, motifs and pages; when nothing answers, what to do all the same."""
    question = " ".join(request.args.get("q", "").replace("\0", " ").split())[:MOST_CHARACTERS]
    on, found = services(), ask(question)
    sheets = [on.catalogue.tutorials[slug] for slug in found.keys[Kind.SHEET] if slug in on.catalogue.tutorials]
    pages = [PAGE_OF[name] for name in found.keys[Kind.PAGE] if _may_open(name)]
    urgent = pages[:1] == [PAGE_OF[URGENT]]
    mourning = bool(sheets) and sheets[0].slug in on.vocabulary.discreet
    return render_template(
        "search/results.html",
        query=question,
        corrections=found.corrections,
        urgent=urgent and not mourning,  # who speaks of a death is not in danger by that
        sheets=sheets,
        words=[on.catalogue.glossary[word] for word in found.keys[Kind.WORD] if word in on.catalogue.glossary],
        motifs=_motifs(found, sheets),
        pages=pages[1:] if urgent else pages,
        themes=on.catalogue.by_theme(),
        phone_sheet=PHONE_SHEET if PHONE_SHEET in on.catalogue.tutorials else None,
    )


def _may_open(endpoint: str) -> bool:
    return endpoint in PAGE_OF and current_user.may(permission_of(current_app, endpoint))


def _motifs(found: Found, sheets: list[Tutorial]) -> list[Motif]:
    """The motifs of the agent's Caf that answer, then the one to which the first sheet leads, or the next sheets."""
    site = agent().site
    if site is None or not found.terms:
        return []
    motifs = {str(motif.id): motif for motif in list_motifs(reading(), site.caf_id)}
    said = {key: (m.label, m.plain_label, *m.synonyms.splitlines()) for key, m in motifs.items()}
    answering = [motifs[key] for key in services().search.rank(found.terms, said)]
    led_to = (motif_to_propose(reading(), sheet.motif_topic, site.caf_id) for sheet in sheets[:3])
    led_to = [motif for motif in led_to if motif is not None][:1]
    return list(dict.fromkeys((*answering, *led_to)))[:MOST_MOTIFS]


# ── the index ───────────────────────────────────────────────────────────────────────────────────


def ask(question: str) -> Found:
    """What answers a question. The index is opened at the first one, and again when the cache has lost it."""
    on = services()
    index = on.search or _open_index(on)
    try:
        with on.cache.reading() as cache:
            return index.ask(cache, question)
    except OutdatedIndex:
        index = _open_index(on)
        with on.cache.reading() as cache:
            return index.ask(cache, question)


def _open_index(on: Services) -> Index:
    """The index of this process; the one in the cache is built again when the sheets, the words or the pages are
    not those it was made from."""
    with _lock:
        entries, language = _entries(on), language_of(on.vocabulary)
        fingerprint = fingerprint_of(entries, language)
        with on.cache.reading() as cache:
            current = is_current(cache, fingerprint)
        if not current:
            with on.cache.writing() as cache:
                if not is_current(cache, fingerprint):  # another process may have been first
                    build(cache, entries, language)
        with on.cache.reading() as cache:
            on.search = Index(cache, entries, language)
        return on.search


def _entries(on: Services) -> list[Entry]:
    sheets = sheet_entries(on.catalogue.tutorials, on.vocabulary)
    return [*sheets, *word_entries(on.catalogue.glossary), *page_entries()]


def page_entries() -> list[Entry]:
    """The pages of the application, to be found."""
    return [
        Entry(Kind.PAGE, page.endpoint, page.title, tuple((words, 1.0) for words in page.said), page.what)
        for page in PAGES
    ]
