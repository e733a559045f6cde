"""ProConnect: the State proves who signs in, by OpenID Connect (authorization code).

What its documentation asks, beyond the standard (outside.md): `state` and `nonce` of 32 signs or more, the secret in
the body of the request, no parameter it does not know, a code used within 30 seconds, and userinfo as a signed JWT.
The packages (requirements-proconnect.txt) are imported when they are needed.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from counter.config import Settings

TIMEOUT_SECONDS = 5
_SIGNS = 48  # of state and nonce, in bytes before base64
_ALGORITHMS = ("RS256", "ES256")
_SCOPES = "openid email"


class ProConnectFailed(Exception):
    """Who came back could not be proven; `code` is short and names nobody."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Asked:
    """Where to send the browser, and what must come back unchanged."""

    address: str
    state: str
    nonce: str


@dataclass(frozen=True)
class Identity:
    """Who was proven: `sub` never changes for a person, the address may."""

    sub: str
    email: str


def ask(settings: Settings, back_to: str) -> Asked:
    """Raises ProConnectFailed when the service does not answer."""
    state, nonce = secrets.token_urlsafe(_SIGNS), secrets.token_urlsafe(_SIGNS)
    asked = {
        "response_type": "code",
        "client_id": settings.proconnect_client_id,
        "redirect_uri": back_to,
        "scope": _SCOPES,
        "state": state,
        "nonce": nonce,
    }
    return Asked(f"{_described(settings)['authorization_endpoint']}?{urlencode(asked)}", state, nonce)


def identify(settings: Settings, back_to: str, code: str, nonce: str) -> Identity:
    """Exchange the code, check both signed answers. Raises ProConnectFailed for anything that is not as it must be."""
    known = _described(settings)
    token, told, keys = _exchanged(settings, known, back_to, code)
    expected = {"iss": known["issuer"], "aud": settings.proconnect_client_id}
    proven = _opened(token, keys, expected | {"nonce": nonce})
    person = _opened(told, keys, expected)
    if not proven.get("sub") or person.get("sub") != proven["sub"] or not person.get("email"):
        raise ProConnectFailed("identite")
    return Identity(str(proven["sub"]), str(person["email"]))


def _exchanged(settings: Settings, known: dict, back_to: str, code: str) -> tuple[str, str, dict]:
    """The signed proof, the signed account of the person, and the keys they are signed with."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_to,
        "client_id": settings.proconnect_client_id,
        "client_secret": settings.proconnect_client_secret,
    }
    with _client() as client, _faults("echange"):
        given = client.post(known["token_endpoint"], data=sent).raise_for_status().json()
        bearer = {"Authorization": f"Bearer {given['access_token']}"}
        told = client.get(known["userinfo_endpoint"], headers=bearer).raise_for_status().text
        return given["id_token"], told, client.get(known["jwks_uri"]).raise_for_status().json()


def _described(settings: Settings) -> dict:
    """Where its parts are, as it says itself; it must be who we asked."""
    host = settings.proconnect_url.rstrip("/")
    with _client() as client, _faults("injoignable"):
        known = client.get(f"{host}/.well-known/openid-configuration").raise_for_status().json()
        if known["issuer"].rstrip("/") != host:
            raise ProConnectFailed("emetteur")
        return known


def _client():
    try:
        import httpx
    except ImportError as error:
        raise ProConnectFailed("paquets") from error
    return httpx.Client(timeout=TIMEOUT_SECONDS)


@contextmanager
def _faults(code: str):
    """What can go wrong on the line or in an answer, as ProConnectFailed."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProConnectFailed(code) from error


def _opened(signed: str, keys: dict, expected: dict[str, str]) -> dict:
    """The claims of a JWT, once its signature, its dates and what is expected of it are checked."""
    try:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
    except ImportError as error:
        raise ProConnectFailed("paquets") from error
    rules = {name: {"essential": True, "value": value} for name, value in expected.items()}
    try:
        claims = jwt.decode(signed, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(leeway=30, **rules).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProConnectFailed("signature") from error
    return claims
