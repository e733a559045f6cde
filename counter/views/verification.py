"""Is this paper authentic? Open to anyone: by its code square, its number, or the file itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, jsonify, render_template, request
from flask_login import current_user

from counter.access import Permission
from counter.attestations import Attestation, Since, Verdict, parse_number
from counter.forms.attestations import VerifyForm
from counter.journal import Act, Subject
from counter.keys import Unreadable, fingerprint_of, public_pem
from counter.models import Attestation as StoredAttestation
from counter.papers import pdf_response, structure
from counter.pdf.attestation import Block, blocks
from counter.pdf.public_keys import public_keys_pdf
from counter.pdf.reading import NotReadable, read_paper, says_the_same
from counter.security import allow
from counter.store.agents import any_agent
from counter.store.attestations import find_by_number, replacement_of, revoked_numbers, since_issued, was_given
from counter.throttle import Guess
from counter.web import agent, local, note, reading, render_form, services, writing

blueprint = Blueprint("verification", __name__)
LONGEST_NUMBER = 40  # a seal has hundreds of letters
LARGEST_FILE = 8_000_000  # bytes: a photo of a phone


@dataclass(frozen=True)
class Answer:
    """`paper` is what may be shown; `words` only for whoever holds the paper, or its site.

    `kept` is the row of a paper that was withdrawn, `newer` the number made in its place. `retouched`: the code square
    is true, and the words around it are not those that were signed.
    """

    verdict: Verdict
    paper: Attestation | None = None
    words: tuple[Block, ...] = ()
    kept: StoredAttestation | None = None
    newer: str = ""
    retouched: bool = False
    since: Since | None = None


@blueprint.route("/verifier", methods=["GET", "POST"])
@allow(Permission.PUBLIC, max_bytes=LARGEST_FILE)
def verify():
    form = VerifyForm()
    answer = None
    if form.validate_on_submit():
        answer = _by_file(form) if form.file.filled and not form.paper.data else _answer(form)
        _note_reading(answer)
    return render_form("verification/verify.html", form, answer=answer)


def _note_reading(answer: Answer | None) -> None:
    """An agent to whom the words of a kept paper are shown has read it."""
    if answer and answer.words and answer.kept and current_user.is_authenticated:
        with writing() as main:
            note(main, Act.READ, Subject.ATTESTATION, answer.kept.id)


def _by_file(form: VerifyForm) -> Answer | None:
    """The code square of a PDF or photo; the words of a PDF of ours are compared as well.

    Reading a file costs more than a look-up: whoever sends many that are no papers is slowed down.
    """
    place = request.remote_addr or ""
    services().throttle.check(Guess.ATTESTATION_NUMBER, place)
    try:
        read = read_paper(form.file.content())
    except NotReadable:
        services().throttle.failed(Guess.ATTESTATION_NUMBER, place)
        form.file.errors = ["Ce fichier ne s'ouvre pas. Envoyez un PDF, ou une photo du papier en JPEG ou PNG."]
        return None
    if not read.seal:
        services().throttle.failed(Guess.ATTESTATION_NUMBER, place)
        form.file.errors = [
            "Aucun code carré lisible dans ce fichier. Prenez une photo plus proche et nette, ou écrivez le numéro."
        ]
        return None
    answer = _by_seal(read.seal)
    if answer.paper and read.words is not None and not says_the_same(answer.paper, read.words):
        return Answer(Verdict.CHANGED, answer.paper, answer.words, retouched=True)
    return answer


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
    return _authentic(paper, tuple(blocks(paper)), _kept(paper))


def _kept(paper: Attestation) -> StoredAttestation | None:
    """The row of a paper that was read, when it is still here and says the same."""
    number = parse_number(paper.number)
    kept = find_by_number(reading(), *number) if number else None
    return kept if kept and (kept.emptied or kept.value() == paper) else None


def _authentic(paper: Attestation, words: tuple[Block, ...], kept: StoredAttestation | None) -> Answer:
    """It is ours. It may have been withdrawn, or its appointment changed: that is said without the new date, which is
    the person's own."""
    if kept is not None and kept.revoked_at:
        newer = replacement_of(reading(), kept)
        return Answer(Verdict.REVOKED, paper, words, kept, newer.number if newer else "")
    since = since_issued(reading(), kept) if kept else None
    return Answer(Verdict.SPECIMEN if paper.specimen else Verdict.AUTHENTIC, paper, words, kept, since=since)


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
        return Answer(Verdict.FORGOTTEN if was_given(reading(), year, rank) else Verdict.UNKNOWN)
    if kept.emptied:
        return Answer(Verdict.REVOKED, kept=kept)
    if not _as_sealed(kept):
        return Answer(Verdict.CHANGED)
    words = tuple(blocks(kept.value())) if _may_read(kept) else ()
    return _authentic(kept.value(), words, kept)


def _may_read(kept: StoredAttestation) -> bool:
    """Whether this agent issued the paper, or works at a site where it was issued: anyone else must hold the paper
    itself, with its code square."""
    if not current_user.is_authenticated or kept.agent_id is None:
        return False
    issuer = any_agent(reading(), kept.agent_id)
    return issuer.id == agent().id or issuer.site_id in current_user.rights.site_ids


# ── what another machine needs to verify by itself ──────────────────────────────────────────────


@blueprint.get("/.well-known/counter.json")
@allow(Permission.PUBLIC)
def published():
    """Public keys and withdrawn numbers: with this file alone, a machine without network verifies our papers."""
    signer = services().keys.signer
    keys = [
        {"id": key_id, "en_service": key_id == signer.key_id, "pem": public_pem(key)}
        for key_id, key in sorted(signer.public_keys.items())
    ]
    return jsonify(
        structure=structure().name, le=local().date().isoformat(), cles=keys, annulees=revoked_numbers(reading())
    )


@blueprint.get("/verifier/cles")
@allow(Permission.PUBLIC)
def keys():
    """The public keys, to be compared and kept on paper."""
    return render_template("verification/keys.html", keys=_listed())


@blueprint.get("/verifier/cles.pdf")
@allow(Permission.PUBLIC)
def printed_keys():
    pdf = public_keys_pdf(
        _listed(), structure().name, local().date(), specimen=structure().specimen, logo=structure().logo
    )
    return pdf_response(pdf, "cles-publiques.pdf")


def _listed() -> list[tuple[str, bool, str, str]]:
    """(id, in use, fingerprint, PEM) of each key, the one in use first."""
    signer = services().keys.signer
    ordered = sorted(signer.public_keys.items(), key=lambda item: (item[0] != signer.key_id, item[0]))
    return [(key_id, key_id == signer.key_id, fingerprint_of(key), public_pem(key)) for key_id, key in ordered]
