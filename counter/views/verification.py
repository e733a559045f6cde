"""Is this paper authentic? Open to anyone: by its QR code, or by its number."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from flask_login import current_user

from counter.access import Permission
from counter.attestations import Attestation, Since, Verdict, parse_number
from counter.forms.attestations import VerifyForm
from counter.keys import Unreadable
from counter.models import Attestation as StoredAttestation
from counter.pdf.attestation import sentences
from counter.security import allow
from counter.store.attestations import find_by_number, since_issued
from counter.throttle import Guess
from counter.web import reading, render_form, services

blueprint = Blueprint("verification", __name__)
LONGEST_NUMBER = 40  # a seal has hundreds of letters


@dataclass(frozen=True)
class Answer:
    """`paper` is what may be shown; `words` only for whoever holds the paper, or an agent."""

    verdict: Verdict
    paper: Attestation | None = None
    words: tuple[str, ...] = ()
    since: Since | None = None


@blueprint.route("/verifier", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def verify():
    form = VerifyForm()
    answer = None
    if form.validate_on_submit():
        answer = _answer(form)
    return render_form("verification/verify.html", form, answer=answer)


def _answer(form: VerifyForm) -> Answer | None:
    typed = form.paper.data.strip()
    if len(typed) > LONGEST_NUMBER:
        return _by_seal(typed)
    number = parse_number(typed)
    if number is None:
        form.paper.errors = [
            "Ce n'est pas un numéro de papier : il a 10 chiffres, comme 2026-000042. Le texte du code "
            "carré, lui, est bien plus long : copiez-le en entier."
        ]
        return None
    return _by_number(*number)


def _by_seal(typed: str) -> Answer:
    try:
        paper = Attestation.from_signed_content(services().keys.signer.open(typed.rpartition("#")[2].replace(" ", "")))
    except (Unreadable, ValueError):
        return Answer(Verdict.CHANGED)
    return _authentic(paper, tuple(sentences(paper)), _kept(paper))


def _kept(paper: Attestation) -> StoredAttestation | None:
    """The row of a paper that was read, when it is still here and says the same."""
    number = parse_number(paper.number)
    kept = find_by_number(reading(), *number) if number else None
    return kept if kept and kept.value() == paper else None


def _authentic(paper: Attestation, words: tuple[str, ...], kept: StoredAttestation | None) -> Answer:
    """It is ours; what became of its appointment since is said without the new date, which is the person's own."""
    since = since_issued(reading(), kept) if kept else None
    return Answer(Verdict.SPECIMEN if paper.specimen else Verdict.AUTHENTIC, paper, words, since)


def _as_sealed(kept: StoredAttestation) -> bool:
    """Whether the row still says what was signed: someone with the database could have changed it."""
    try:
        return services().keys.signer.open(kept.seal) == kept.value().signed_content()
    except Unreadable:
        return False


def _by_number(year: int, rank: int) -> Answer:
    """A number alone can be guessed: it shows what kind of paper it is and when it was issued, no name."""
    place = request.remote_addr or ""
    services().throttle.check(Guess.ATTESTATION_NUMBER, place)
    kept = find_by_number(reading(), year, rank)
    if kept is None:
        services().throttle.failed(Guess.ATTESTATION_NUMBER, place)
        return Answer(Verdict.UNKNOWN)
    if not _as_sealed(kept):
        return Answer(Verdict.CHANGED)
    words = tuple(sentences(kept.value())) if current_user.is_authenticated else ()
    return _authentic(kept.value(), words, kept)
