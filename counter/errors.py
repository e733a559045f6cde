"""Refusals and faults put into French: the one place where they become a page."""

from __future__ import annotations

import logging
from html import escape

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from counter.appointments import NotNow, Unreachable, WrongCode
from counter.attestations import TooLong, Unprintable
from counter.db import database_sentence, is_away
from counter.lobby import AlreadyCalled, AlreadyComing, CallOver, NobodyWaits
from counter.security import KIOSK_COOKIE, as_to_nobody, pending_form
from counter.slots import BeyondHorizon, ModeNotAllowed, MotifClosed, OffGrid, Refusal, SlotShut, SlotTaken, TooSoon
from counter.throttle import TooManyTries

log = logging.getLogger("counter")

# code: (title, what it means, what to do)
PAGES = {
    400: (
        "La demande est incomplète",
        "Il manque une information dans ce que le navigateur a envoyé.",
        "Revenez en arrière et recommencez.",
    ),
    403: (
        "Cette page ne vous est pas ouverte",
        "Votre compte n'a pas ce droit.",
        "Si vous en avez besoin, demandez à votre administrateur.",
    ),
    404: ("Page introuvable", "Cette adresse n'existe pas, ou plus.", "Vérifiez l'adresse, ou partez de l'accueil."),
    405: (
        "Cette action ne se fait pas ainsi",
        "Cette adresse ne s'ouvre pas directement.",
        "Partez de l'accueil, puis choisissez l'action.",
    ),
    409: (
        "Quelqu'un est passé avant",
        "Ce que vous demandez a changé entre-temps.",
        "Regardez ce qui est proposé ci-dessous.",
    ),
    413: (
        "C'est trop gros",
        "Ce que vous envoyez dépasse la taille permise.",
        "Raccourcissez le texte, puis renvoyez.",
    ),
    422: ("Quelque chose est à corriger", "Une information ne va pas.", "Corrigez-la, puis renvoyez."),
    429: ("Trop d'essais", "Il y a eu trop d'essais à la suite.", "Attendez un peu, puis réessayez."),
    500: (
        "Une erreur s'est produite",
        "Ce n'est pas de votre faute. Rien n'a été enregistré par cette action.",
        "Réessayez. Si cela recommence, prévenez la personne qui s'occupe du poste.",
    ),
    503: (
        "Enregistrement impossible",
        "La base de données ne répond pas comme il faut.",
        "Attendez quelques secondes, puis renvoyez.",
    ),
}

_REFUSALS = {
    SlotTaken: "Ce créneau vient d'être pris. Choisissez-en un autre.",
    SlotShut: "Ce jour-là, nous ne recevons plus à cette heure. Choisissez un autre créneau.",
    TooSoon: "Ce créneau est trop proche : il n'est plus possible de le réserver. Choisissez-en un autre.",
    BeyondHorizon: "Cette date est trop lointaine pour ce motif. Choisissez une date plus proche.",
    ModeNotAllowed: "Ce motif ne se prend pas de cette façon. Choisissez un autre créneau.",
    MotifClosed: "Ce motif n'est plus proposé. Choisissez-en un autre.",
    OffGrid: "Ce créneau n'existe pas. Choisissez-en un dans la liste.",
    NotNow: "Ce rendez-vous a changé entre-temps : cela ne se fait plus. Regardez où il en est.",
    Unreachable: "Il manque le numéro ou l'adresse e-mail pour ce mode. Choisissez un créneau sur place.",
    WrongCode: "Aucun rendez-vous pour ce code et ce jour de naissance. Vérifiez le code, le jour et le mois.",
}
_SAID_TO_AGENTS = {  # never at a kiosk: not to be translated
    AlreadyComing: "Un collègue est déjà en route.",
    CallOver: "Cet appel est terminé : la personne n'attend plus.",
    NobodyWaits: "Personne n'attend.",
    AlreadyCalled: "Ce numéro a déjà été appelé par un collègue, ou il est terminé.",
}

_BARE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/style.css"></head>
<body><main id="contenu"><h1>{title}</h1><p>{text}</p><p><a href="/">Retour à l'accueil</a></p></main></body></html>"""
_LAST_RESORT = _BARE.format(title="Une erreur s'est produite", text=" ".join(PAGES[500][1:]))


def refusal_sentence(refusal: Refusal) -> str:
    """What a refused booking says to the agent."""
    return (_REFUSALS | _SAID_TO_AGENTS)[type(refusal)]


def handle_errors(app: Flask) -> None:
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(TooManyTries, _too_many_tries)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Unprintable, _unprintable)
    app.register_error_handler(TooLong, _too_long)
    app.register_error_handler(Exception, _unexpected)


def explain_everywhere(app: Flask, sentence: str) -> None:
    """An instance that is not ready: every page but the static files says why, without templates or database."""
    app.config["NOT_READY"] = sentence

    @app.before_request
    def explain() -> Response | None:
        if request.endpoint == "static":
            return None
        page = _BARE.format(title="Ce poste n'est pas prêt", text=escape(sentence))
        return Response(page, 503, mimetype="text/html", headers={"Cache-Control": "no-store"})


def error_page(
    code: int, detail: str = "", keep: bool = False, title: str | None = None, minutes: int = 0, back: str = ""
) -> Response:
    """The page of an error. With `keep`, what was typed is there, ready to be sent again. `minutes` to wait are said by
    a kiosk in its own language. `back` is where another file is chosen.

    Still answers when templates themselves fail.
    """
    usual, meaning, advice = PAGES.get(code, PAGES[500])
    at_kiosk = KIOSK_COOKIE in request.cookies  # whatever is written there goes with the visit
    told = {
        "code": code,
        "title": title or usual,
        "meaning": detail or meaning,
        "advice": "" if detail else advice,
        "pending": pending_form() if keep and request.method == "POST" and not at_kiosk else None,
        "minutes": minutes,
        "back": back,
    }
    return Response(_written(told), code, mimetype="text/html")


def _written(told: dict) -> str:
    template = "kiosk/error.html" if g.get("kiosk") or g.get("unknown_kiosk") else "errors/error.html"
    try:
        try:
            return render_template(template, **told)
        except SQLAlchemyError:  # of who is signed in, or what they have in hand
            as_to_nobody()
            return render_template(template, **told)
    except Exception:
        log.exception("the error page itself failed")
        return _LAST_RESORT


def _stale_form(_error: CSRFError) -> Response:
    typed = pending_form()["typed"]
    kept = "Ce que vous avez écrit est ci-dessous : relisez, puis renvoyez." if typed else "Renvoyez pour continuer."
    return error_page(
        400, f"Rien n'est perdu. {kept}", keep=True, title="Cette page était ouverte depuis trop longtemps"
    )


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    own_words = error.description if error.description != type(error).description else ""
    if code < 400:
        return error.get_response()
    if code == 413 and (most := getattr(current_app.view_functions.get(request.endpoint), "max_bytes", None)):
        return _file_too_big(most)
    return error_page(code, own_words or "", keep=code in {409, 422, 500, 503})


def _file_too_big(most: int) -> Response:
    said = f"Il dépasse {most // 1_000_000} Mo : rien n'est fait."
    advice = "Vérifiez que c'est le bon fichier, ou choisissez-en un plus léger."
    return error_page(413, f"{said} {advice}", title="Ce fichier est trop gros", back=request.path)


def _database_error(error: SQLAlchemyError) -> Response:
    log.error("database on %s", request.endpoint, exc_info=error)  # the engine hides the parameters
    if is_away(error):
        as_to_nobody()
        g.unknown_kiosk = KIOSK_COOKIE in request.cookies  # which one, nobody can tell now; it speaks as any of them
    return error_page(
        503, database_sentence(error), keep=True, title=None if request.method == "POST" else "La base ne répond pas"
    )


def _too_many_tries(error: TooManyTries) -> Response:
    wait = "1 minute" if error.minutes == 1 else f"{error.minutes} minutes"
    response = error_page(
        429, f"Il y a eu trop d'essais. Attendez {wait}, puis réessayez.", keep=True, minutes=error.minutes
    )
    response.headers["Retry-After"] = str(error.minutes * 60)
    return response


def _refusal(refusal: Refusal) -> Response:
    code = 409 if isinstance(refusal, SlotTaken) else 422
    return error_page(code, refusal_sentence(refusal))


def _unprintable(error: Unprintable) -> Response:
    return error_page(
        422,
        f"Nos papiers ne savent pas imprimer ces lettres : {' '.join(error.letters)}. Rien n'a été fait, aucun numéro "
        "n'est pris. Pour un papier de la Caf, guidez la personne dans Mon Compte. Pour un autre, écrivez le nom en "
        "lettres latines, comme sur la pièce d'identité.",
        title="Ce papier ne peut pas être imprimé",
    )


def _too_long(_error: TooLong) -> Response:
    return error_page(
        422,
        "Il y a trop de lignes pour le code carré du papier. Rien n'a été fait, aucun numéro n'est pris. Guidez la "
        "personne dans Mon Compte : elle y trouve son attestation.",
        title="Ce papier serait trop long",
    )


def _unexpected(error: Exception) -> Response:
    log.error("%s on %s", type(error).__name__, request.endpoint, exc_info=error)
    return error_page(500, keep=True)
