"""The tables, one module a concept. Importing this package knows them all."""

from counter.models.agent import Agent, RecoveryCode
from counter.models.appointment import Appointment, AppointmentEvent, Hold, WaitingRequest
from counter.models.attestation import Attestation, AttestationCounter
from counter.models.base import Base, CacheBase, Setting
from counter.models.control import ControlDecision
from counter.models.diagnosis import Diagnosis
from counter.models.dossier import DossierAccess, DossierCopy, DossierName, QuotientCopy
from counter.models.figure import UnmetSearch
from counter.models.guiding import HeldDemarche, SheetReport, SheetUse
from counter.models.habilitation import (
    Activity,
    Adhesion,
    Contract,
    Convention,
    Group,
    GroupSite,
    Habilitation,
    Membership,
)
from counter.models.journal import JournalCut, JournalHead, JournalLine
from counter.models.kiosk import Kiosk, KioskCall, Ticket
from counter.models.message import Message
from counter.models.opening import Closure, FreeTime, Opening, OpeningMotif
from counter.models.place import Caf, Motif, MotifMode, Site
from counter.models.processing import ProcessingDate
from counter.models.session import AgentSession
from counter.models.visit import Visit, VisitStep
from counter.models.workshop import Enrolment, Workshop

__all__ = [
    "Activity",
    "Adhesion",
    "Agent",
    "AgentSession",
    "Appointment",
    "AppointmentEvent",
    "Attestation",
    "AttestationCounter",
    "Base",
    "CacheBase",
    "Caf",
    "Closure",
    "Contract",
    "ControlDecision",
    "Convention",
    "Diagnosis",
    "DossierAccess",
    "DossierCopy",
    "DossierName",
    "Enrolment",
    "FreeTime",
    "Group",
    "GroupSite",
    "Habilitation",
    "HeldDemarche",
    "Hold",
    "JournalCut",
    "JournalHead",
    "JournalLine",
    "Kiosk",
    "KioskCall",
    "Membership",
    "Message",
    "Motif",
    "MotifMode",
    "Opening",
    "OpeningMotif",
    "ProcessingDate",
    "QuotientCopy",
    "RecoveryCode",
    "Setting",
    "SheetReport",
    "SheetUse",
    "Site",
    "Ticket",
    "UnmetSearch",
    "Visit",
    "VisitStep",
    "WaitingRequest",
    "Workshop",
]
