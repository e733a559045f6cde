"""What a page showed of someone goes into the journal before the page leaves: what cannot be written is not shown."""

from __future__ import annotations

import logging

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from counter.db import database_sentence
from counter.errors import error_page
from counter.journal import Act
from counter.web import note, writing

log = logging.getLogger("counter")
_SHOWN = frozenset({200, 409, 422})  # a redirection or a refusal shows nothing


def write_seen(response: Response) -> Response:
    """One short transaction for all that a page showed; a POST says in its own transaction what it does.

    It does not wait for the disk: waiting would cost each page of an old PC some tens of milliseconds, and what a power
    cut could take with it is the readings of its very last seconds.
    """
    seen = g.pop("seen", None)
    if not seen or request.method == "POST" or response.status_code not in _SHOWN:
        return response
    try:
        with writing(lasting=False) as main:
            for subject, number, detail in seen:
                note(main, Act.READ, subject, number, detail)
    except SQLAlchemyError as error:
        log.error("reading not journalled on %s", request.endpoint, exc_info=error)
        response.close()
        return error_page(503, database_sentence(error))
    return response
