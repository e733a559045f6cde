"""A local server that speaks the shapes of API Particulier (outside.md): what it answers is set by the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "jeton-de-test"  # noqa: S105 (of this server only)
FAMILY = {
    "allocataires": [
        {"nom_naissance": "LAMBERT", "nom_usage": None, "prenoms": "ELISE MARIE", "date_naissance": "1987-03-09",
         "sexe": "F"},
        {"nom_naissance": "MODELE", "nom_usage": "LAMBERT", "prenoms": "SAM", "date_naissance": "1985-00-00",
         "sexe": "M"},
    ],
    "enfants": [
        {"nom_naissance": "LAMBERT", "nom_usage": None, "prenoms": "NAEL", "date_naissance": None, "sexe": "M"},
        {"nom_naissance": "LAMBERT", "nom_usage": "", "prenoms": "MILA", "date_naissance": "", "sexe": "F"},
        {"nom_naissance": "LAMBERT", "nom_usage": None, "prenoms": "ZOE", "date_naissance": "2019-07-00", "sexe": "F"},
    ],
    "adresse": {
        "destinataire": "Madame LAMBERT ELISE", "complement_information": None,
        "complement_information_geographique": "", "numero_libelle_voie": "12 RUE DE L'EXEMPLE", "lieu_dit": None,
        "code_postal_ville": "69210 L'ARBRESLE", "pays": "FRANCE",
    },
    "quotient_familial": {"fournisseur": "CNAF", "valeur": 318, "annee": 2026, "mois": 11, "annee_calcul": 2026,
                          "mois_calcul": 10},
}  # fmt: skip


def errors(code: str, provider: str | None = None) -> dict:
    """The body of a refusal."""
    meta = {"provider": provider} if provider else {}
    return {"errors": [{"code": code, "title": "Titre", "detail": "Détail du service", "source": None, "meta": meta}]}


class Service(ThreadingHTTPServer):
    """`status` and `body` (JSON, or bytes as they are) are what it answers; `asked` what it was asked. `slow` sends
    one byte of its head each tenth of a second, for ever."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body, self.slow, self.location = 200, {"data": FAMILY, "links": {}, "meta": {}}, False, ""
        self.asked: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def refuse(self, status: int, code: str = "00000", provider: str | None = None) -> None:
        self.status, self.body = status, errors(code, provider)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        self.server.asked.append({"path": [address.path], **parse_qs(address.query)})
        self.server.headers.append(dict(self.headers))
        if self.server.slow:
            self._drip()
            return
        body = self.server.body
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self):
        try:
            for byte in b"HTTP/1.0 200 OK\r\nX-Slow: " + b"x" * 200:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            pass  # nobody waits any more

    def log_message(self, *_):
        pass


@contextmanager
def serving() -> Iterator[Service]:
    service = Service()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()
