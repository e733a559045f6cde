"""Fictitious data for a first look: two Cafs with their own motifs, eight sites, agents in their groups, and people.

Places and motifs are those the partner documents show; streets, people and agents are invented.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.access import Role
from counter.appointments import Audience
from counter.habilitations import Charge, Mobility, Service
from counter.keys import Vault
from counter.models import (
    Activity,
    Adhesion,
    Agent,
    Caf,
    Contract,
    Convention,
    Group,
    Habilitation,
    Membership,
    Motif,
    MotifMode,
    Opening,
    OpeningMotif,
    Site,
)
from counter.processing import Subject
from counter.slots import Mode, Slot
from counter.store.agents import create_agent
from counter.store.booking import book
from counter.store.free_time import prepare_free_time
from counter.store.habilitations import propose_charge, validate_charge
from counter.store.processing import put_processing
from counter.store.slots import SlotFilter, search_slots
from counter.store.workshops import create_workshop

PASSWORD = "Bonjour-2026"
_SINCE, _STILL = timedelta(days=300), timedelta(days=730)


@dataclass(frozen=True)
class SignIn:
    identifier: str
    display_name: str
    role: Role
    site: str
    password: str = PASSWORD


SIGN_INS = (
    SignIn("camille", "Camille Démo", Role.FRONT_DESK, "L'Arbresle"),
    SignIn("sacha", "Sacha Modèle", Role.SOCIAL_WORKER, "Chaumont"),
    SignIn("dominique", "Dominique Exemple", Role.ADMINISTRATOR, "Lyon 3"),
    SignIn("robin", "Robin Essai", Role.FRONT_DESK, "Tarare"),
    SignIn("alex", "Alex Fictif", Role.REFERENT, "L'Arbresle"),
    SignIn("charlie", "Charlie Spécimen", Role.ADMINISTRATOR, "Lyon 3"),
)
_BUSY = SIGN_INS[:3]  # at whose sites there are workshops and appointments

_ID, _NUMBER = "Votre pièce d'identité", "Votre numéro d'allocataire"
_MAIL = "Les courriers de la Caf"
# fmt: off
# code, label, plain label, topic, icon, sensitive, what to bring, minutes on site, by phone, by video (0: not offered)
_RHONE = (
    ("01", "Ma situation change", "Ma situation change", "situation", "refresh-cw", False,
     (_ID, _NUMBER, "Les papiers du changement : bail, contrat, jugement"), 20, 20, 30),
    ("02", "Je ne suis pas ou plus allocataire de votre Caf", "Je n'ai pas de dossier à cette Caf", "non-allocataire",
     "user-round-plus", False, (_ID, "Votre numéro de Sécurité sociale"), 30, 20, 0),
    ("03", "Je veux savoir où je suis dans mon dossier", "Je veux savoir où en est mon dossier", "suivi",
     "folder-search", False, (_NUMBER,), 15, 10, 0),
    ("05", "Je dois transmettre des documents", "Je dois donner des documents", "documents", "file-up", False,
     (_ID, _NUMBER, "Les documents demandés"), 15, 0, 0),
    ("06", "J'ai une demande de renseignement", "J'ai une question", "renseignement", "info", False,
     (_NUMBER,), 15, 10, 0),
    ("09", "Je dois de l'argent", "Je dois de l'argent à la Caf", "dette", "hand-coins", True,
     (_ID, _NUMBER, _MAIL, "Vos revenus et vos charges du mois"), 30, 20, 30),
    ("11", "Mes démarches sur caf.fr ou sur l'application mobile", "Je veux de l'aide pour caf.fr ou l'application",
     "numerique", "monitor-smartphone", False, (_NUMBER, "Votre téléphone", "Votre mot de passe, si vous en avez un"),
     30, 0, 0),
    ("", "J'attends un enfant", "J'attends un enfant", "naissance", "baby", False,
     (_NUMBER, "Votre déclaration de grossesse"), 30, 20, 30),
)
_HAUTE_MARNE = (
    ("01", "Ma situation change", "Ma situation change", "situation", "refresh-cw", False,
     (_ID, _NUMBER, "Les papiers du changement : bail, contrat, jugement"), 30, 20, 0),
    ("02", "Je ne suis pas encore allocataire", "Je n'ai pas encore de dossier à la Caf", "non-allocataire",
     "user-round-plus", False, (_ID, "Votre numéro de Sécurité sociale"), 30, 20, 0),
    ("03", "Je veux savoir où en est mon dossier", "Je veux savoir où en est mon dossier", "suivi",
     "folder-search", False, (_NUMBER,), 15, 10, 0),
    ("04", "Je rencontre des difficultés familiales ou financières", "J'ai des difficultés, je veux en parler",
     "difficultes", "heart-handshake", True, (_ID,), 45, 30, 0),
    ("05", "Je dois transmettre / retirer un document", "Je dois donner ou prendre un document", "documents", "file-up",
     False, (_ID, _NUMBER, "Les documents demandés"), 15, 0, 0),
    ("06", "Je suis ou mon enfant est en situation de handicap", "Le handicap, le mien ou celui de mon enfant",
     "handicap", "accessibility", True, (_NUMBER, "La notification de la MDPH"), 30, 20, 0),
    ("08", "Je suis éligible à l'aide au logement (simulation faite sur caf.fr)", "Je demande une aide au logement",
     "logement", "house", False, (_ID, "Votre bail", "Le résultat de la simulation"), 30, 20, 0),
    ("09", "Je dois de l'argent à la Caf ou je conteste une décision",
     "Je dois de l'argent, ou je ne suis pas d'accord", "dette", "hand-coins", True, (_ID, _NUMBER, _MAIL), 30, 20, 0),
    ("14", "Je souhaite bénéficier d'une aide financière individuelle", "Je demande une aide d'argent",
     "aide-financiere", "wallet", True, (_ID, _NUMBER, "Un devis ou une facture"), 45, 30, 0),
)
# fmt: on
_ALL_WEEK, _WEEK_AND_SATURDAY, _TUESDAY_FRIDAY = 0b11111, 0b111111, 0b10010
_MORNING, _AFTERNOON = (8 * 60, 12 * 60), (13 * 60 + 30, 16 * 60 + 30)


@dataclass(frozen=True)
class _Place:
    """`phone` and `video`: the calls of the whole Caf start from here. `at`: the commune's latitude and longitude."""

    name: str
    short: str
    postal_code: str
    city: str
    weekdays: int
    desks: int
    at: tuple[float, float] | tuple[None, None] = (None, None)
    phone: bool = False
    video: bool = False


# fmt: off
_CAFS = (
    ("Caf du Rhône", "69", _RHONE, (
        _Place("Caf du Rhône, Cours La Ville", "Cours La Ville", "69600", "Ville-Exemple", _ALL_WEEK, 2),
        _Place("Caf du Rhône, Décines", "Décines", "69150", "Décines-Charpieu", _ALL_WEEK, 1, (45.77, 4.96)),
        _Place("Caf du Rhône, Givors", "Givors", "69700", "Givors", _TUESDAY_FRIDAY, 1, (45.59, 4.77)),
        _Place("Caf du Rhône, Lyon 3 Vivier Merle", "Lyon 3", "69003", "Lyon", _ALL_WEEK, 3, (45.76, 4.85),
               phone=True, video=True),
        _Place("France Services L'Arbresle", "L'Arbresle", "69210", "L'Arbresle", _WEEK_AND_SATURDAY, 1, (45.84, 4.61)),
        _Place("France Services Tarare", "Tarare", "69170", "Tarare", _TUESDAY_FRIDAY, 1, (45.90, 4.43)),
    )),
    ("Caf de la Haute-Marne", "52", _HAUTE_MARNE, (
        _Place("Caf de la Haute-Marne, Chaumont", "Chaumont", "52000", "Chaumont", _WEEK_AND_SATURDAY, 2, (48.11, 5.14),
               phone=True),
        _Place("Caf de la Haute-Marne, Saint-Dizier", "Saint-Dizier", "52100", "Saint-Dizier", _TUESDAY_FRIDAY, 1,
               (48.64, 4.95)),
    )),
)
# fmt: on


@dataclass(frozen=True)
class _Group:
    """`manager` is the responsable des habilitations; `members` are identifiers of SIGN_INS."""

    name: str
    profile: str | None
    services: tuple[Service, ...]
    sites: tuple[str, ...]
    members: tuple[str, ...]
    manager: str | None = None


@dataclass(frozen=True)
class _Structure:
    """SIREN 999 … are given to nobody."""

    name: str
    department: str
    siret: str
    services: tuple[Service, ...]
    groups: tuple[_Group, ...]
    activities: tuple[str, ...] = ()


# fmt: off
_STRUCTURES = (
    _Structure("France Services du Val", "69", "99900000300015", (Service.CDAP, Service.AFAS), (
        _Group("Accueil France Services", "T12", (Service.CDAP,), ("L'Arbresle", "Tarare"), ("camille", "robin"),
               manager="robin"),
        _Group("Suivi de l'activité", None, (Service.AFAS,), ("L'Arbresle",), ("alex",)),
    ), activities=("Espace de vie sociale de L'Arbresle", "Crèche Les Exemples")),
    _Structure("Accueil de la Caf du Rhône", "69", "99900001100018", (Service.CDAP,), (
        _Group("Administration des accès", "T2", (Service.CDAP,), ("Lyon 3", "Décines", "Givors"),
               ("dominique", "charlie")),
    )),
    _Structure("Service social de la Haute-Marne", "52", "99900002900010", (Service.CDAP,), (
        _Group("Travailleurs sociaux", "T1", (Service.CDAP,), ("Chaumont", "Saint-Dizier"), ("sacha",)),
    )),
)
# fmt: on
_FIRST_NAMES = ("Alix", "Noé", "Maëlle", "Idriss", "Agnès", "Yann", "Fatou", "Loïc", "Zoé", "Karim", "Inès", "Paul")
_LAST_NAMES = ("Exemple", "Fictive", "Modèle", "Inventé", "Specimen", "Durand-Démo", "Essai", "Imaginaire")


def every_motif() -> list[str]:
    """Plain labels and papers to bring of the usual motifs, as a kiosk says them."""
    return [words for _, _, rows, _ in _CAFS for row in rows for words in (row[2], *row[6])]


def fill(session: Session, vault: Vault, now: datetime, days: int) -> None:
    """Fill an empty database; `days` ahead have openings. The caller commits."""
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    sites: dict[str, Site] = {}
    for name, department, motifs, places in _CAFS:
        caf = Caf(name=name, department=department, post_address=f"1 place de l'Exemple\n{department}000 Exempleville")
        session.add(caf)
        session.flush()
        catalogue = [_motif(session, caf, *row) for row in motifs]
        _say_more(catalogue)
        for place in places:
            sites[place.short] = _site(session, caf, place, catalogue, today)
    session.flush()
    prepare_free_time(session, today, days)
    agents = {s.identifier: _agent(session, s, sites[s.site], today) for s in SIGN_INS}
    for structure in _STRUCTURES:
        _fill_structure(session, structure, sites, agents, today)
    _fill_register(session, agents, today, now)
    for caf_id in {site.caf_id for site in sites.values()}:
        for subject, days_ago in zip(Subject, (7, 18, 5), strict=True):
            put_processing(session, caf_id, subject, today - timedelta(days=days_ago), now)
    _fill_workshops(session, [sites[s.site] for s in _BUSY], today)
    _fill_agenda(session, vault, [sites[s.site] for s in _BUSY], now)


def _agent(session: Session, sign_in: SignIn, site: Site, today: date) -> Agent:
    agent = create_agent(session, sign_in.identifier, sign_in.display_name, sign_in.role, sign_in.password, site.id)
    agent.opens_on = today  # never used yet: else its closing would be announced at once
    if sign_in.role is Role.SOCIAL_WORKER:
        agent.mobility = Mobility.MOVING
    return agent


def _fill_structure(
    session: Session, structure: _Structure, sites: dict[str, Site], agents: dict[str, Agent], today: date
) -> None:
    """Convention, contract, membership forms, groups and who is in them; open for two years yet."""
    since, until = today - _SINCE, today + _STILL
    caf_id = next(site.caf_id for site in sites.values() if site.department == structure.department)
    convention = Convention(
        caf_id=caf_id, structure=structure.name, siret=structure.siret, starts_on=since, ends_on=until
    )
    contract = Contract(convention=convention, label="Contrat de service", starts_on=since, ends_on=until)
    session.add_all([convention, contract])
    session.add_all(Activity(convention=convention, name=name) for name in structure.activities)
    session.add_all(
        Adhesion(contract=contract, service=service, starts_on=since, ends_on=until) for service in structure.services
    )
    for group in structure.groups:
        row = Group(
            contract=contract,
            name=group.name,
            profile=group.profile,
            services=",".join(group.services),
            manager=agents.get(group.manager or ""),
            sites=[sites[name] for name in group.sites],
            starts_on=since,
        )
        session.add(row)
        session.add_all(Membership(group=row, agent=agents[name], starts_on=since) for name in group.members)
    session.flush()


def _fill_register(session: Session, agents: dict[str, Agent], today: date, now: datetime) -> None:
    """Charges that count, and one that waits for a second administrator."""
    activity = session.scalars(select(Activity).order_by(Activity.id)).first()
    main, deputy = agents["dominique"], agents["charlie"]
    for charge, holder in ((Charge.FDA, "alex"), (Charge.FDF, "alex"), (Charge.APPROVER, "robin")):
        row = Habilitation(
            charge=charge, agent_id=agents[holder].id, activity_id=activity.id, starts_on=today - timedelta(days=60)
        )
        propose_charge(session, row, main.id, now)
        if charge is not Charge.APPROVER:
            validate_charge(session, row, deputy.id, now)


def _fill_workshops(session: Session, sites: list[Site], today) -> None:
    for number, site in enumerate(sites):
        create_workshop(
            session,
            str(uuid.UUID(int=number + 1)),
            site_id=site.id,
            title="Nouveaux bénéficiaires du RSA" if number else "Premiers pas sur caf.fr",
            partners="Caf, CPAM et Conseil départemental" if number else "",
            day=today + timedelta(days=9 + number),
            minute=14 * 60,
            duration=120,
            places=8,
        )


# topic: words of people, to do after, for whom, topic of the usual follow-up
# fmt: off
_MORE = {
    "situation": (("séparation", "divorce", "mariage", "déménagement", "naissance", "décès", "chômage"),
                  "", Audience.KNOWN, "documents"),
    "non-allocataire": (("première demande", "nouveau dossier", "s'inscrire"), "", Audience.UNKNOWN, "situation"),
    "suivi": (("où en est ma demande", "retard", "délai", "pas de réponse"), "", Audience.KNOWN, ""),
    "documents": (("justificatif", "papiers", "courrier", "déposer", "scanner"),
                  "Gardez vos originaux pendant un an.", Audience.ALL, "suivi"),
    "renseignement": (("question", "conseil", "savoir", "RSA", "APL", "logement", "prime d'activité", "handicap"),
                      "", Audience.ALL, ""),
    "dette": (("dette", "trop-perçu", "indu", "rembourser", "mensualités"), "", Audience.KNOWN, "suivi"),
    "numerique": (("mot de passe", "ordinateur", "mon compte", "appli"),
                  "Écrivez votre nouveau mot de passe chez vous, dans un endroit sûr.", Audience.ALL, ""),
    "naissance": (("enceinte", "grossesse", "bébé", "prime à la naissance"),
                  "Envoyez la déclaration de grossesse avant la fin du troisième mois.", Audience.ALL, "documents"),
    "logement": (("APL", "loyer", "appartement", "allocation logement"), "", Audience.ALL, "documents"),
}
# fmt: on


def _say_more(catalogue: list[Motif]) -> None:
    known = {motif.topic: motif for motif in catalogue}
    for topic, (words, after, audience, follow_up) in _MORE.items():
        if motif := known.get(topic):
            motif.synonyms, motif.after, motif.audience = "\n".join(words), after, audience
            motif.follow_up = known.get(follow_up)


def _motif(
    session: Session, caf: Caf, code, label, plain_label, topic, icon, sensitive, bring, on_site, phone, video
) -> Motif:
    durations = {Mode.ON_SITE: on_site, Mode.PHONE: phone, Mode.VIDEO: video}
    motif = Motif(
        caf_id=caf.id,
        code=code,
        label=label,
        plain_label=plain_label,
        topic=topic,
        icon=icon,
        sensitive=sensitive,
        bring="\n".join(bring),
        modes=[
            MotifMode(mode=mode, duration=minutes, rank=rank)
            for rank, (mode, minutes) in enumerate(durations.items())
            if minutes
        ],
    )
    session.add(motif)
    session.flush()
    return motif


def _site(session: Session, caf: Caf, place: _Place, motifs: list[Motif], today) -> Site:
    site = Site(
        caf_id=caf.id,
        name=place.name,
        short_name=place.short,
        street="1 rue de l'Exemple",
        postal_code=place.postal_code,
        city=place.city,
        department=caf.department,
        access="Entrée de plain-pied, sonnette à droite de la porte.",
        hours="8 h – 12 h et 13 h 30 – 16 h 30",
        latitude=place.at[0],
        longitude=place.at[1],
        video_url="https://visio.exemple.fr/accueil" if place.video else "",
        desk_names="\n".join([*(f"Guichet {number + 1}" for number in range(place.desks)), "Bureau calme"]),
    )
    session.add(site)
    session.flush()
    plan = [
        (Mode.ON_SITE, place.weekdays, *_MORNING, 15, place.desks),
        (Mode.ON_SITE, place.weekdays & _ALL_WEEK, *_AFTERNOON, 15, place.desks),
    ]
    if place.phone:
        plan.append((Mode.PHONE, _ALL_WEEK, 9 * 60, 16 * 60, 10, 2))
    if place.video:
        plan.append((Mode.VIDEO, _TUESDAY_FRIDAY, 9 * 60, 12 * 60, 30, 1))
    for mode, weekdays, starts, ends, interval, desks in plan:
        opening = Opening(
            site_id=site.id,
            mode=mode,
            weekdays=weekdays,
            starts=starts,
            ends=ends,
            interval=interval,
            desks=desks,
            valid_from=today,
        )
        session.add(opening)
        session.flush()
        session.add_all(
            OpeningMotif(opening_id=opening.id, motif_id=motif.id) for motif in motifs if motif.duration(mode)
        )
    session.flush()
    return site


def _fill_agenda(session: Session, vault: Vault, sites: list[Site], now: datetime) -> None:
    """Some appointments at the agents' sites, today's included: booked as if it were yesterday."""
    chance = random.Random(2026)
    yesterday = datetime.combine(now.date() - timedelta(days=1), time(7), tzinfo=now.tzinfo)
    for site in sites:
        motifs = session.scalars(select(Motif).where(Motif.caf_id == site.caf_id).order_by(Motif.id)).all()
        for _ in range(14):
            motif = chance.choice(motifs)
            days = search_slots(session, motif, SlotFilter(site_ids=frozenset({site.id})), yesterday).days
            day = chance.choice(list(days)[:3])
            _book_one(session, vault, motif, chance.choice(list(days[day])), chance, yesterday)


def _book_one(session: Session, vault: Vault, motif: Motif, slot: Slot, chance: random.Random, at: datetime) -> None:
    needs = chance.choice(([], [], [], ["audition"], ["mobilite"], ["interprete"]))
    person = {
        "first_name": chance.choice(_FIRST_NAMES),
        "last_name": chance.choice(_LAST_NAMES),
        "birth_day": chance.randint(1, 28),
        "birth_month": chance.randint(1, 12),
        "phone": "+33199000000",
        "email": "personne@exemple.fr" if slot.mode is Mode.VIDEO else "",
        "contact_name": "",
        "contact_shared": False,
        "needs": needs,
        "language": "ukrainien" if "interprete" in needs else "",
    }
    key = str(uuid.UUID(int=chance.getrandbits(128)))
    book(session, vault, motif, slot.key, None, person, key, at)
