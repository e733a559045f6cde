"""SMS through a gateway: a file for development, or a service that takes JSON by HTTPS."""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

from counter.config import Settings
from counter.messages import NotSent

TIMEOUT_SECONDS = 20
FILE_GATEWAY = "fichier"
FILE_NAME = "sms.jsonl"
# Refused for now, or this counter rather than this message; 409: the first try of this key is still in hand.
_MAY_PASS = {401, 403, 408, 409, 425, 429}


class Gateway(Protocol):
    def send(self, key: str, to: str, text: str) -> None:
        """Hand one SMS over; `key` is the same at each try. Raises NotSent."""


class FileGateway:
    """Writes each SMS as one line of JSON: for development, nothing leaves the machine."""

    def __init__(self, path: Path):
        self._path = path

    def send(self, key: str, to: str, text: str) -> None:
        line = json.dumps({"key": key, "to": to, "text": text}, ensure_ascii=False) + "\n"
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError:
            raise NotSent("fichier") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A number never follows to an address that is not in the settings."""

    def redirect_request(self, *_):
        return None


class HttpGateway:
    """Posts `{"key", "to", "text"}`; any answer of 2xx means taken."""

    def __init__(self, url: str, token: str = ""):
        self._url, self._token = url, token
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(self, key: str, to: str, text: str) -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content = json.dumps({"key": key, "to": to, "text": text}).encode()
        request = urllib.request.Request(self._url, content, headers)  # noqa: S310 (the settings allow https only)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS):
                pass
        except urllib.error.HTTPError as refused:
            refused.close()
            final = 400 <= refused.code < 500 and refused.code not in _MAY_PASS
            raise NotSent(f"http-{refused.code}", final) from None
        except (OSError, http.client.HTTPException):
            raise NotSent("injoignable", nobody=True) from None


def open_gateway(settings: Settings) -> Gateway | None:
    """The gateway of the settings, None when there is none."""
    if not settings.sms_gateway:
        return None
    if settings.sms_gateway == FILE_GATEWAY:
        return FileGateway(settings.instance / FILE_NAME)
    return HttpGateway(settings.sms_gateway, settings.sms_token)
