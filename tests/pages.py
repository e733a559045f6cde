"""The page object: fetches pages as a browser would, and checks each one it fetches.

A page that is not well made fails the test that happens to open it, whatever that test is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import html5lib
from flask import Flask
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from counter.languages import Language

_CONTROLS = ("input", "select", "textarea")
_NO_LABEL = {"hidden", "submit", "button"}


@dataclass
class Page:
    """One answer: its text as a person reads it, its forms, and what a test clicks."""

    status: int
    url: str
    html: str
    headers: dict
    root: HtmlElement = field(repr=False)

    @property
    def h1(self) -> str:
        return text_of(self.all("h1")[0])

    @property
    def text(self) -> str:
        """All the words of the main part, spaces folded, no-break spaces as spaces."""
        mains = self.all("main")
        return text_of(mains[0] if mains else self.root)

    def root_text(self) -> str:
        """All the words of the page, the bars at its top included."""
        return text_of(self.all("body")[0])

    def all(self, tag: str) -> list[HtmlElement]:
        return list(self.root.iter(tag))

    def links(self) -> dict[str, str]:
        """Words of each link -> its address."""
        return {text_of(link): link.get("href", "") for link in self.all("a")}

    def link(self, words: str) -> str:
        """Address of the first link whose words contain these."""
        for text, href in self.links().items():
            if words in text:
                return href
        raise AssertionError(f"no link « {words} » on {self.url}; there are {sorted(self.links())}")

    def form(self, action: str | None = None, having: str | None = None) -> dict:
        """The fields of a form as a browser would send them untouched: by its action, or by a field it has."""
        for form in self.all("form"):
            fields = _fields(form)
            if (action is None or form.get("action") == action) and (having is None or having in fields["names"]):
                return {"action": form.get("action") or self.url, "method": form.get("method", "get"), **fields}
        raise AssertionError(f"no form {action or having} on {self.url}")

    def errors(self) -> list[str]:
        """The sentences under the fields."""
        return [text_of(p) for p in self.all("p") if (p.get("class") or "") == "error"]


def _words(html: str) -> str:
    """The words of the main part, for a failing test to show."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1]).split())[:1500]


def text_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).replace("\u00a0", " ").split())


def _fields(form: HtmlElement) -> dict:
    values, names, buttons = {}, set(), []
    for control in form.iter():
        tag, name = control.tag, control.get("name")
        if tag == "button":
            buttons.append((name, control.get("value"), text_of(control)))
        if not name or tag not in _CONTROLS:
            continue
        names.add(name)
        if control.get("type") in {"radio", "checkbox"}:
            if control.get("checked") is not None:
                values.setdefault(name, []).append(control.get("value", "on"))
        elif tag == "select":
            chosen = [o.get("value") for o in control.iter("option") if o.get("selected") is not None]
            values[name] = chosen[:1]
        else:
            values.setdefault(name, []).append(control.get("value", ""))
    return {"values": values, "names": names, "buttons": buttons}


class Visitor:
    """A person with a browser: `get`, `post`, `submit` a form of the last page; redirects are followed."""

    def __init__(self, app: Flask):
        self.app = app
        self.client = app.test_client()
        self._page: Page | None = None
        self._led_to = ""

    @property
    def page(self) -> Page | None:
        """The last page; after signing in, the one this leads to, fetched when a test looks at it."""
        if self._led_to:
            self.get(self._led_to)
        return self._page

    def sign_in(self, identifier: str, password: str) -> Visitor:
        """As by the form, which has tests of its own; hundreds of tests only want to be signed in."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/connexion").text)[1]
        data = {"identifier": identifier, "password": password, "csrf_token": token}
        answer = self.client.post("/connexion", data=data)
        assert answer.status_code == 302, _words(answer.text)
        self._page, self._led_to = None, answer.headers["Location"]
        return self

    def get(self, url: str, expect: int = 200, **kwargs) -> Page:
        return self._read(self.client.get(url, follow_redirects=True, **kwargs), expect)

    def post(self, url: str, data: dict | None = None, expect: int = 200, follow: bool = True) -> Page:
        """A POST with the protection of the last page (or none, when it has none)."""
        data = dict(data or {})
        if "csrf_token" not in data and self.page is not None:
            tokens = [i.get("value") for i in self.page.all("input") if i.get("name") == "csrf_token"]
            data["csrf_token"] = tokens[0] if tokens else ""
        return self._read(self.client.post(url, data=data, follow_redirects=follow), expect)

    def submit(
        self,
        values: dict | None = None,
        action: str | None = None,
        having: str | None = None,
        expect: int = 200,
    ) -> Page:
        """Fill a form of the last page and send it, everything untouched being sent as it stands."""
        form = self.page.form(action, having)
        unknown = set(values or {}) - form["names"] - {name for name, *_ in form["buttons"]}
        assert not unknown, f"the form has no {unknown}; it has {form['names']}"
        data = form["values"] | (values or {})
        if form["method"] == "get":
            return self.get(form["action"], query_string=data, expect=expect)
        return self._read(self.client.post(form["action"], data=data, follow_redirects=True), expect)

    def file(self, url: str, expect: int = 200) -> bytes:
        """A paper or a calendar file."""
        response = self.client.get(url)
        assert response.status_code == expect, response.status_code
        return response.data

    def _read(self, response, expect: int) -> Page:
        assert response.status_code == expect, f"{response.status_code}: {_words(response.text)}"
        assert response.mimetype == "text/html", response.mimetype
        root = document_fromstring(response.text, parser=HTMLParser(encoding="utf-8"))
        self._led_to = ""
        self._page = Page(response.status_code, response.request.path, response.text, dict(response.headers), root)
        faults = page_faults(self._page) + html_faults(response.text)
        assert not faults, f"{self._page.url}: {faults}"
        return self._page


_well_made: set[int] = set()


def html_faults(html: str) -> list[str]:
    """What a browser would have to guess. Pages of the same tags in the same order, with the same attributes, are read
    alike: only the first of them is read by the parser that knows the whole standard, which takes a tenth of a second.
    """
    words_out = re.sub(r">[^<&]+", ">", re.sub(r"=\"[^\"<>]*\"", "=", html))
    shape = hash(re.sub(r";[^<&]+", ";", words_out))
    if shape in _well_made:
        return []
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=False)
    parser.parse(html)
    faults = [f"HTML: {code} at {where}" for where, code, _ in parser.errors]
    if not faults:
        _well_made.add(shape)
    return faults


def page_faults(page: Page) -> list[str]:
    """What every page must have; an empty list when it has it all."""
    faults = []
    kiosk = page.url.startswith(("/borne", "/fiche/"))
    if page.root.get("lang") not in (set(Language) if kiosk else {"fr"}):
        faults.append("the language is not French")
    titles = [title for title in page.all("title") if next(title.iterancestors("svg"), None) is None]
    if len(titles) != 1 or not text_of(titles[0]):
        faults.append("not exactly one title")
    if len(page.all("h1")) != 1 or not page.h1:
        faults.append("not exactly one h1")
    ids = [e.get("id") for e in page.root.iter() if e.get("id")]
    faults += [f"id {name} twice" for name in {i for i in ids if ids.count(i) > 1}]
    faults += _label_faults(page, set(ids))
    faults += _inline_faults(page)
    for form in page.all("form"):
        if form.get("method", "get").lower() == "post" and not kiosk and "csrf_token" not in _fields(form)["names"]:
            faults.append(f"form {form.get('action')} without protection")
    for link in page.all("a"):
        if not text_of(link) and not link.get("aria-label"):
            faults.append(f"link {link.get('href')} without words")
        if (link.get("href") or "").startswith("#") and link.get("href")[1:] not in ids:
            faults.append(f"link to {link.get('href')}, which is not there")
    if re.search(r"(?<![\w.])(None|Undefined|<built-in)(?![\w.])", text_of(page.root)):
        faults.append("a Python value is shown")
    return faults


def _label_faults(page: Page, ids: set[str]) -> list[str]:
    labelled = {label.get("for") for label in page.all("label")}
    faults = [f"label for {name}, which is not there" for name in labelled - {None} if name not in ids]
    for tag in _CONTROLS:
        for control in page.all(tag):
            if control.get("type") in _NO_LABEL or control.get("aria-label"):
                continue
            if control.get("id") not in labelled and next(control.iterancestors("label"), None) is None:
                faults.append(f"{tag} {control.get('name')} without label")
            for name in (control.get("aria-describedby") or "").split():
                if name not in ids:
                    faults.append(f"{control.get('name')} is described by {name}, which is not there")
    return faults


def _inline_faults(page: Page) -> list[str]:
    faults = []
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.get("style") is not None or element.tag == "style":
            faults.append(f"inline style on {element.tag}")
        faults += [f"inline {name}" for name in list(element.attrib) if isinstance(name, str) and name.startswith("on")]
        if element.tag == "script" and not element.get("src"):
            faults.append("inline script")
    return faults
