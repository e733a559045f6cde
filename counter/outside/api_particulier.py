"""API Particulier v3, quotient familial of the Caf and the MSA: one GET, one answer or one NoAnswer.

Nothing of what is asked is logged. The whole call takes no longer than the time-out, whatever the server does:
it is made in a thread of its own, which is left behind when it is too slow.
"""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from counter.config import Settings
from counter.quotient import Failure, Identity, NoAnswer, Period, failure_of, provider_of, query

PATH = "/v3/dss/quotient_familial/identite"
MOST_BYTES = 1_000_000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An identity never follows to an address that is not in the settings."""

    def redirect_request(self, *_):
        return None


@dataclass
class LastCall:
    """How the last call of this process went: `failure` None with an hour means that it answered."""

    failure: Failure | None = None
    at: datetime | None = None

    def note(self, failure: Failure | None, now: datetime) -> None:
        """A person that nobody knows is an answer: the service works. What never left tells nothing of it."""
        if failure not in {Failure.NOT_CONFIGURED, Failure.NO_RECIPIENT}:
            answered = {Failure.UNKNOWN_PERSON, Failure.BAD_REQUEST, Failure.CONFLICT}
            self.failure, self.at = None if failure in answered else failure, now


@dataclass(frozen=True)
class Raw:
    """A status and its body, decoded from JSON (None: not JSON)."""

    status: int
    body: object


def is_configured(settings: Settings) -> bool:
    return bool(settings.api_particulier_url)


def ask(settings: Settings, identity: Identity, period: Period, recipient: str) -> dict:
    """The `data` of the answer (quotient.read_answer reads it). Raises NoAnswer."""
    if not is_configured(settings):
        raise NoAnswer(Failure.NOT_CONFIGURED)
    if not recipient:
        raise NoAnswer(Failure.NO_RECIPIENT)
    raw = _within(settings.api_particulier_seconds, _request(settings, query(identity, period, recipient)))
    if raw.status != 200:
        raise NoAnswer(failure_of(raw.status), provider_of(raw.body))
    data = raw.body.get("data") if isinstance(raw.body, dict) else None
    if not isinstance(data, dict):
        raise NoAnswer(Failure.UNREADABLE)
    return data


def _request(settings: Settings, parameters: list[tuple[str, str]]) -> urllib.request.Request:
    url = f"{settings.api_particulier_url.rstrip('/')}{PATH}?{urlencode(parameters)}"
    headers = {"Authorization": f"Bearer {settings.api_particulier_token}", "Accept": "application/json"}
    return urllib.request.Request(url, headers=headers)  # noqa: S310 (the settings allow https, or this machine)


def _within(seconds: float, request: urllib.request.Request) -> Raw:
    """A server that sends one byte now and then passes every time-out of a socket: only the clock stops it."""
    done: queue.SimpleQueue[Raw | NoAnswer] = queue.SimpleQueue()
    threading.Thread(target=lambda: done.put(_call(request, seconds)), daemon=True, name="api-particulier").start()
    try:
        result = done.get(timeout=seconds)
    except queue.Empty:
        raise NoAnswer(Failure.SLOW) from None
    if isinstance(result, NoAnswer):
        raise result
    return result


def _call(request: urllib.request.Request, seconds: float) -> Raw | NoAnswer:
    """Never raises: the thread has nobody to raise to."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=seconds) as answer:
            return Raw(answer.status, _json(answer.read(MOST_BYTES)))
    except urllib.error.HTTPError as refused:
        with refused:
            return Raw(refused.code, _json(_rest(refused)))
    except TimeoutError:
        return NoAnswer(Failure.SLOW)
    except urllib.error.URLError as error:
        return NoAnswer(Failure.SLOW if isinstance(error.reason, TimeoutError) else Failure.NO_LINE)
    except (OSError, ssl.SSLError, http.client.HTTPException):
        return NoAnswer(Failure.NO_LINE)
    except Exception:  # whatever it is, the person at the counter gets a sentence
        return NoAnswer(Failure.UNREADABLE)


def _rest(refused: urllib.error.HTTPError) -> bytes:
    try:
        return refused.read(MOST_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
