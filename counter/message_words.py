"""What messages say, and what of it fits in one SMS.

A reminder begins by « Votre rendez-vous a bien lieu » and never speaks of cancelling: people took reminders of
other services for cancellations (outside.md). An offer begins by a question and says that nothing changes by itself.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from counter.messages import Kind
from counter.slots import Mode

SMS_SEPTETS = 160
SMS_LINK = 60


def or_call(careful: bool, verb: str = "appelez") -> str:
    """« , ou appelez le 3230 », after where one can come; "" for a careful contact: the number would name the Caf."""
    return "" if careful else f", ou {verb} le 3230"


@dataclass(frozen=True)
class Facts:
    """What a message may say, in words already. `motif` and `code` are "" when they must not be told; `relative_of`
    is the first name of the person when the contact is a relative's. `link`, `try_url` and `fallback` are for a video
    appointment; `before` and `after` may have several lines."""

    day: str
    hour: str
    mode: Mode
    place: str
    address: str
    structure: str
    bring: tuple[str, ...] = ()
    motif: str = ""
    code: str = ""
    relative_of: str = ""
    manage_url: str = ""
    link: str = ""
    try_url: str = ""
    fallback: str = ""
    before: str = ""
    after: str = ""


_SAID = {
    Kind.CONFIRMATION: "{whose} est pris",
    Kind.CHANGE: "{whose} a changé",
    Kind.CANCELLATION: "{whose} est annulé",
    Kind.REMINDER: "{whose} a bien lieu",
}


def email_words(kind: Kind, facts: Facts) -> tuple[str, str]:
    """Subject and text of the e-mail."""
    said = _SAID[kind].format(whose=_whose(facts.relative_of))
    parts = ["Bonjour,", f"{said}."]
    if kind is Kind.CANCELLATION:
        parts += [f"Il était prévu {facts.day} à {facts.hour}. Vous n'avez rien d'autre à faire.", _again(facts)]
    else:
        parts += [_when_where(facts), _video(facts), _to_bring(facts), _headed("À savoir", facts.before)]
        parts += [] if kind is Kind.REMINDER else [_headed("Après le rendez-vous", facts.after)]
        parts += [_code(facts), _if_you_cannot(facts)]
    parts += [facts.structure, "Ce message part tout seul : n'y répondez pas."]
    return f"{said} : {facts.day} à {facts.hour}", "\n\n".join(part for part in parts if part) + "\n"


@dataclass(frozen=True)
class Standing:
    """Beside the day and hour that are offered: the present ones, and until when the place is kept, in words."""

    day: str
    hour: str
    until: str


def offer_email(facts: Facts, standing: Standing) -> tuple[str, str]:
    """Subject and text of the e-mail that offers the earlier place of `facts`."""
    question = f"Voulez-vous une place plus tôt{_for_whom(facts.relative_of)} ?"
    whose = "Son" if facts.relative_of else "Votre"
    parts = [
        "Bonjour,",
        f"{question} Elle est gardée jusqu'au {standing.until}.",
        _when_where(facts),
        f"Oui, cette place me va : {_to_say_yes(facts)}.",
        _code(facts),
        f"Non, ou pas de réponse : rien ne change. {whose} rendez-vous reste le {standing.day} à {standing.hour}.",
        facts.structure,
        "Ce message part tout seul : n'y répondez pas.",
    ]
    return f"{question} {facts.day} à {facts.hour}", "\n\n".join(part for part in parts if part) + "\n"


def offer_sms(facts: Facts, standing: Standing) -> str:
    """One SMS: the offer, how to say yes and that nothing changes by itself, then what still fits. The place is the
    one they know: a freed time is offered where they have their appointment."""
    place = {Mode.ON_SITE: "même lieu", Mode.PHONE: "par téléphone", Mode.VIDEO: "en visio"}[facts.mode]
    yes = f"Oui : {facts.manage_url}" if facts.manage_url else "Oui : appelez le 3230."
    more = [yes, _NOTHING_CHANGES, f"Gardée jusqu'au {standing.until}."]

    def said(whom: str) -> str:
        return one_sms(f"Une place plus tôt{whom} ? {facts.day} à {facts.hour}, ", place, more)

    named = said(_for_whom(facts.relative_of[:20], in_sms(facts.relative_of)))
    return named if _NOTHING_CHANGES in named else said("")


_NOTHING_CHANGES = "Sinon rien ne change."


def _for_whom(relative_of: str, nameable: bool = True) -> str:
    """« pour Jeanne », when it is not the person who is written to."""
    return f" pour {relative_of}" if relative_of and nameable else ""


def _to_say_yes(facts: Facts) -> str:
    if not facts.manage_url:
        return "venez à l'accueil, ou appelez la Caf au 3230"
    return f"{facts.manage_url}\n{_asked_there(facts)}"


def password_words(structure: str, identifier: str, password: str, until: str) -> tuple[str, str]:
    """Subject and text of the e-mail that brings an agent a provisional password; `until` in words."""
    parts = [
        "Bonjour,",
        f"Voici un mot de passe provisoire pour votre compte {identifier} :\n\n    {password}",
        f"Il sert jusqu'au {until}. À la connexion, vous choisirez le vôtre.",
        "Vous n'avez rien demandé ? Votre mot de passe actuel sert toujours. Prévenez votre administrateur.",
        structure,
        "Ce message part tout seul : n'y répondez pas.",
    ]
    return "Votre mot de passe provisoire", "\n\n".join(parts) + "\n"


def closing_words(structure: str, identifier: str, last: str, closing: str) -> tuple[str, str]:
    """Subject and text of the e-mail that warns an agent whose account is not used; `last` (a date in words) "" when
    it never was."""
    used = f"n'a pas servi depuis le {last}" if last else "n'a encore jamais servi"
    parts = [
        "Bonjour,",
        f"Votre compte {identifier} {used}. Il sera fermé à partir du {closing}.",
        "Vous en avez besoin ? Connectez-vous une fois avant ce jour : il reste ouvert.",
        "Vous n'en avez plus besoin ? Ne faites rien.",
        structure,
        "Ce message part tout seul : n'y répondez pas.",
    ]
    return "Votre compte va être fermé", "\n\n".join(parts) + "\n"


def _whose(relative_of: str, nameable: bool = True) -> str:
    if not relative_of:
        return "Votre rendez-vous"
    if not nameable:
        return "Le rendez-vous"
    return f"Le rendez-vous pour {relative_of}"  # « de » or « d' » is a matter of how a name is said


def _when_where(facts: Facts) -> str:
    where = {
        Mode.ON_SITE: [f"Où : {facts.place}", f"Adresse : {facts.address}"],
        Mode.PHONE: ["Comment : par téléphone. Nous appelons le numéro donné : le téléphone montre +33 32 30."],
        Mode.VIDEO: ["Comment : en visio."],
    }[facts.mode]
    motif = [f"Motif : {facts.motif}"] if facts.motif else []
    return "\n".join([f"Quand : {facts.day} à {facts.hour}", *where, *motif])


def _video(facts: Facts) -> str:
    """How to join, how to try beforehand, what happens when it does not work."""
    if facts.mode is not Mode.VIDEO:
        return ""
    join = f"Le jour du rendez-vous, ouvrez ce lien :\n{facts.link}" if facts.link else "Demandez-nous le lien."
    before = f"Essayez votre appareil avant : {facts.try_url}" if facts.try_url else ""
    return "\n".join(part for part in (join, before, facts.fallback) if part)


def if_video_fails(phone: str, careful: bool = False) -> str:
    """The way out of a video call that does not work; `phone` in words, or "". A careful paper names no Caf."""
    if phone:
        return f"Si la visio ne marche pas, nous vous appelons au {phone}."
    return f"Si la visio ne marche pas, {'revenez nous voir' if careful else 'appelez le 3230'}."


def _to_bring(facts: Facts) -> str:
    head = f"{facts.mode.bring_label} :"
    return "\n".join([head, *(f"- {item}" for item in facts.bring)]) if facts.bring else ""


def _headed(head: str, text: str) -> str:
    return f"{head} :\n{text}" if text else ""


def _code(facts: Facts) -> str:
    return f"Votre code, à garder pour vous : {facts.code}" if facts.code else ""


def _if_you_cannot(facts: Facts) -> str:
    """How to cancel, without the word: a reminder must not look like a cancellation."""
    if facts.manage_url:
        how = f"{facts.manage_url}\n{_asked_there(facts)}"
    else:
        how = "venez à l'accueil, ou appelez la Caf au 3230"
    cannot = "Vous ne pouvez pas venir ?" if facts.mode is Mode.ON_SITE else "Vous n'êtes pas libre à cette heure ?"
    return f"{cannot} Prévenez-nous, la place servira à une autre personne : {how}."


def _asked_there(facts: Facts) -> str:
    code = "ce code" if facts.code else "le code écrit sur le papier"
    return f"Il faut {code}, le jour et le mois de naissance"


def _again(facts: Facts) -> str:
    return "Pour prendre un autre rendez-vous : revenez nous voir, ou appelez la Caf au 3230."


def sms_words(kind: Kind, facts: Facts) -> str:
    """One SMS: the day, the hour and the place always, then what still fits."""
    said = _SAID[kind].format(whose=_whose(facts.relative_of[:20], in_sms(facts.relative_of)))
    place = {Mode.ON_SITE: facts.place, Mode.PHONE: "par téléphone", Mode.VIDEO: "en visio"}[facts.mode]
    head = f"{said} : {facts.day} à {facts.hour}, "
    more = [_sms_link(facts), _sms_code(facts), _sms_if_you_cannot(facts), _sms_bring(facts)]
    return one_sms(head, place, [part for part in more if part and kind is not Kind.CANCELLATION])


def _sms_link(facts: Facts) -> str:
    """A link whole, or where it is written: half an address leads nowhere."""
    if not facts.link:
        return ""
    return f"Lien : {facts.link}" if len(facts.link) <= SMS_LINK else "Le lien est sur votre papier."


def _sms_code(facts: Facts) -> str:
    return f"Code {facts.code}." if facts.code else ""


def _sms_if_you_cannot(facts: Facts) -> str:
    return f"Un empêchement ? {facts.manage_url}" if facts.manage_url else "Un empêchement ? Appelez le 3230."


def _sms_bring(facts: Facts) -> str:
    return f"Apportez : {', '.join(facts.bring)}." if facts.bring else ""


# ── GSM-7 ───────────────────────────────────────────────────────────────────────────────────────

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = frozenset("^{}\\[~]|€")
_INSTEAD = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "« ": '"', "«": '"', " »": '"', "»": '"', "…": "...", "–": "-", "—": "-",
    "•": "-", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
}  # fmt: skip


def gsm7(text: str) -> str:
    """The text in the letters of a plain SMS: à é è ù stay, ç ê î « » … become c e i " ..."""
    text = text.translate({0xA0: " ", 0x202F: " ", 0x2009: " "})
    for sign, other in _INSTEAD.items():
        text = text.replace(sign, other)
    return "".join(_gsm7_sign(c) for c in unicodedata.normalize("NFC", text))


def _gsm7_sign(sign: str) -> str:
    if sign in _GSM7 or sign in _GSM7_TWICE:
        return sign
    bare = "".join(c for c in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(c))
    return bare if bare and all(c in _GSM7 for c in bare) else ""


def in_sms(name: str) -> bool:
    """Whether each letter of a name has one in a plain SMS: what would be left of the others is nobody's name."""
    letters = [c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) in {"Lu", "Ll", "Lt", "Lo"}]
    return bool(letters) and all(gsm7(letter) for letter in letters)


def septets(text: str) -> int:
    """Length of a text of GSM-7 letters, as an SMS counts it."""
    return sum(2 if c in _GSM7_TWICE else 1 for c in text)


def one_sms(head: str, place: str, more: list[str]) -> str:
    """`head` and `place` whole (a place too long is cut), then the sentences of `more` that fit, in their order."""
    head, place = gsm7(head), gsm7(place)
    while septets(f"{head}{place}.") > SMS_SEPTETS:
        place = place.removesuffix("...")[:-1].rstrip() + "..."
    text = head + place if place.endswith("...") else f"{head}{place}."
    for part in map(gsm7, more):
        if septets(f"{text} {part}") <= SMS_SEPTETS:
            text = f"{text} {part}"
    return text
