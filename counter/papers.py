"""What views share to hand out a paper: the structure that signs it, the answer that carries it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Response, stream_with_context, url_for

from counter.attestations import Kind, TooLong, Unprintable
from counter.formatting import spreadsheet_cell
from counter.journal import Act, Subject
from counter.models import Attestation
from counter.pdf.attestation import current_wording
from counter.pdf.fonts import printable
from counter.store.attestations import issue_attestation
from counter.web import agent, local, note, now, services

MOST_IN_A_SQUARE = 2900  # letters: the largest QR code, at its lowest level, holds 2953


@dataclass(frozen=True)
class Structure:
    """Who hands out the paper. `specimen` marks papers made from demonstration data."""

    name: str
    specimen: bool
    logo: Path | None


def structure() -> Structure:
    settings = services().settings
    logo = settings.instance / settings.logo if settings.logo else None
    return Structure(settings.structure_name, services().demonstration, logo if logo and logo.is_file() else None)


def place() -> str:
    """The town papers are made in."""
    site = agent().site
    return services().settings.structure_city or (site.city if site else "")


def issue(main, kind: Kind, facts: dict[str, str], key: str, **more) -> Attestation:
    """Number, sign, keep and journal an attestation by the agent at work, in today's wording. `more` goes to the store:
    the appointment it speaks of, or that it belongs to no visit. Raises Unprintable, TooLong."""
    made = issue_attestation(
        main,
        services().keys.signer,
        agent(),
        kind,
        as_printed(facts),
        wording=current_wording(kind),
        structure=structure().name,
        place=place(),
        specimen=structure().specimen,
        key=key,
        now=local(),
        **more,
    )
    note_made(main, made)
    return made


def note_made(main, made: Attestation) -> None:
    """A paper made by this very act; one that an act sent twice gave back is in the journal already. Raises TooLong
    for one whose code square could not be drawn: nothing of it is kept."""
    if len(public_address("verification.verify", made.seal) or made.seal) > MOST_IN_A_SQUARE:
        raise TooLong()
    if made.issued_at == now():
        note(main, Act.CREATED, Subject.ATTESTATION, made.id)


def as_printed(facts: dict[str, str]) -> dict[str, str]:
    """Sealed as it is printed. Raises Unprintable for a letter the paper cannot show: it would make a true paper look
    forged."""
    lines = {name: [printable(line) for line in text.split("\n")] for name, text in facts.items()}
    lost = sorted({letter for made in lines.values() for _, letters in made for letter in letters})
    if lost:
        raise Unprintable(lost)
    return {name: "\n".join(line for line, _ in made) for name, made in lines.items()}


def pdf_response(content: bytes, name: str) -> Response:
    """Shown in the browser, never kept by it."""
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def csv_response(rows: Iterable[Sequence], name: str) -> Response:
    """A file for a spreadsheet, sent row by row: `;`, UTF-8 with its mark, as French Excel opens them; no cell is ever
    read as a formula."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(_csv_lines(rows)), mimetype="text/csv", headers=headers)


def _csv_lines(rows: Iterable[Sequence]) -> Iterator[str]:
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";")
    yield "\ufeff"
    for row in rows:
        sheet.writerow([spreadsheet_cell(value) for value in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def public_address(endpoint: str, fragment: str = "") -> str:
    """The address of a page as visitors reach it; empty when the site has none outside this machine."""
    base = services().settings.public_url.rstrip("/")
    return f"{base}{url_for(endpoint)}{'#' + fragment if fragment else ''}" if base else ""
