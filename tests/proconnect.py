"""A small OpenID provider on loopback, as strict as ProConnect says it is: one-time codes of 30 s, the secret in the
body, no unknown parameter, long state and nonce, userinfo as a signed JWT. `wrong` spoils one thing at a time."""

from __future__ import annotations

import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "counter-test", "a secret of the tests"
KNOWN = {"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "acr_values", "claims", "prompt"}


class Provider:
    """Who signs in there is `sub` and `email`; `refused` are the requests it did not accept, with the reason."""

    def __init__(self):
        self.sub, self.email, self.wrong = "sub-of-camille", "camille@exemple.fr", ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.codes: dict[str, dict] = {}
        self.tokens: set[str] = set()
        self.refused: list[str] = []
        self.url = ""

    def authorize(self, asked: dict[str, str]) -> str:
        """The address back, with a code."""
        if unknown := set(asked) - KNOWN:
            self.refused.append(f"unknown parameters {unknown}")
        if min(len(asked["state"]), len(asked["nonce"])) < 32:
            self.refused.append("state or nonce too short")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"at": time.monotonic()}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], headers) -> dict | None:
        asked = self.codes.pop(sent.get("code", ""), None)
        proven = sent.get("client_id") == CLIENT and sent.get("client_secret") == SECRET
        if asked is None or not proven or "Authorization" in headers or time.monotonic() - asked["at"] > 30:
            self.refused.append("token")
            return None
        if sent.get("redirect_uri") != asked["redirect_uri"] or sent.get("grant_type") != "authorization_code":
            self.refused.append("token: another address")
            return None
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        nonce = "another" if self.wrong == "nonce" else asked["nonce"]
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": self.sign(nonce=nonce)}

    def sign(self, **more: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.sub, "iat": now, "exp": now + 60} | more
        claims |= {"audience": {"aud": "another"}, "issuer": {"iss": "https://ailleurs.example"},
                   "expired": {"exp": now - 3600}}.get(self.wrong, {})  # fmt: skip
        key = self.other_key if self.wrong == "key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def userinfo(self) -> str:
        sub = "someone else" if self.wrong == "sub" else self.sub
        if self.wrong == "unsigned":
            return json.dumps({"sub": sub, "email": self.email})
        return self.sign(sub=sub, email=self.email)

    def described(self) -> dict:
        parts = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | {
            f"{name}_endpoint": f"{self.url}/{path}" for name, path in parts.items()
        }


@contextmanager
def running():
    """The provider, answering on loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            where = urlsplit(self.path)
            if where.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(where.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            elif where.path == "/userinfo":
                known = self.headers.get("Authorization", "").removeprefix("Bearer ") in provider.tokens
                self.answer(provider.userinfo() if known else None, "application/jwt")
            elif where.path == "/jwks":
                self.answer(json.dumps(KeySet([provider.key]).as_dict(private=False)))
            else:
                self.answer(json.dumps(provider.described()))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            token = provider.token(sent, self.headers)
            self.answer(json.dumps(token) if token else None)

        def answer(self, text: str | None, kind: str = "application/json"):
            content = (text or '{"error": "invalid_grant"}').encode()
            self.send_response(400 if text is None else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
