"""Every setting, typed, with its unit and one line of help.

Read from `COUNTER_<NAME>` in the environment, else from `counter.toml` in the instance folder,
else the default written here.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


_COUNTED = (
    "idle_minutes", "session_hours", "hold_minutes", "slot_days", "threads", "dossier_hours", "quotient_days",
    "api_particulier_seconds", "control_machines", "control_minutes", "control_refused", "inactive_months",
    "inactive_notice_days", "control_never_days", "control_paper_days", "control_groups", "control_rotations",
    "control_rotation_days",
)  # fmt: skip


class SettingsError(ValueError):
    """A setting that cannot be used; the message is a French sentence for the person who installs."""


def _setting(default, help: str, secret: bool = False):
    return field(default=default, metadata={"help": help}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    instance: Path = _setting(ROOT / "instance", "Folder of the databases, the keys and counter.toml.")
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on (1–65535).")
    threads: int = _setting(9, "Number of threads of the server; a third may be held by pages that wait for news.")
    database_url: str = _setting("", "SQLAlchemy URL of the main database; empty: counter.sqlite in the instance.")
    public_url: str = _setting("", "Address of this site as visitors reach it (https://…), printed in QR codes.")
    tls: bool = _setting(False, "The site is served over TLS: cookies are then marked Secure.")
    proxies: int = _setting(0, "Trusted proxies in front (nginx, Caddy): the addresses they pass on are taken.")
    structure_name: str = _setting("France Services du Val", "Name of the structure, on pages and papers.")
    structure_city: str = _setting("", "Town written before the date on papers; empty: the town of the site.")
    logo: str = _setting("", "PNG or JPEG file in the instance folder, printed on papers and shown on pages.")
    colour: str = _setting("#0b4d63", "Main colour (#rrggbb); white must read on it at 7:1.")
    colour_dark: str = _setting("#07323f", "Dark colour of the visit bar (#rrggbb); white must read on it at 7:1.")
    line_check: str = _setting(
        "www.caf.fr:443", "host:port tried every minute to tell whether the line is up; empty: never tried."
    )
    idle_minutes: int = _setting(30, "Minutes without activity after which an agent is signed out.")
    session_hours: int = _setting(10, "Hours after which an agent signs in again, whatever the activity.")
    hold_minutes: int = _setting(5, "Minutes during which a chosen slot is kept while the agent types.")
    slot_days: int = _setting(60, "Days ahead for which free time is prepared.")
    smtp_host: str = _setting("", "Server that sends the e-mails; empty: no e-mail is sent.")
    smtp_port: int = _setting(587, "Port of that server (1–65535).")
    smtp_user: str = _setting("", "Account on that server; empty: none is needed.")
    smtp_password: str = _setting("", "Password of that account, never shown.", secret=True)
    smtp_sender: str = _setting("", "Address the e-mails come from.")
    smtp_tls: str = _setting("starttls", "How the line to that server is protected: starttls, ssl or none.")
    sms_gateway: str = _setting("", "Who sends the SMS: https address, « fichier » (development), or empty: nobody.")
    sms_token: str = _setting("", "Key sent to the SMS gateway, never shown.", secret=True)
    dossier_hours: int = _setting(24, "Hours during which the copy of a dossier is kept, then erased.")
    quotient_days: int = _setting(7, "Days during which an answer of API Particulier is kept, then erased.")
    api_particulier_url: str = _setting("", "Base address of API Particulier (https://…); empty: not configured.")
    api_particulier_token: str = _setting("", "Token of that service, never shown.", secret=True)
    api_particulier_seconds: int = _setting(5, "Seconds after which that service is no longer waited for.")
    control_opens: int = _setting(7, "Hour of the day before which a sign-in is unusual (0–23).")
    control_closes: int = _setting(20, "Hour of the day from which a sign-in is unusual (1–24).")
    control_machines: int = _setting(3, "Machines of one agent, within control_minutes, that are to be looked at.")
    control_minutes: int = _setting(60, "Minutes within which the machines of one agent are counted.")
    control_refused: int = _setting(20, "Refused sign-ins from one machine in a day that are to be looked at.")
    inactive_months: int = _setting(6, "Months without sign-in after which an account is closed.")
    inactive_notice_days: int = _setting(30, "Days before that closing on which it is announced to administrators.")
    control_never_days: int = _setting(30, "Days after its opening on which an account never used is a finding.")
    control_paper_days: int = _setting(60, "Days before its end on which a convention or a form is a finding.")
    control_groups: int = _setting(2, "Groups of one agent at once that are to be looked at.")
    control_rotations: int = _setting(3, "Rights given within control_rotation_days that are to be looked at.")
    control_rotation_days: int = _setting(30, "Days within which the rights given are counted.")
    proconnect_url: str = _setting("", "Address of ProConnect (https://…/api/v2); empty: it is not offered.")
    proconnect_client_id: str = _setting("", "Number this counter was given by ProConnect.")
    proconnect_client_secret: str = _setting("", "Secret this counter was given by ProConnect.", secret=True)
    development: bool = _setting(False, "Shows /aide/composants and reloads templates.")

    @property
    def main_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.instance / 'counter.sqlite').as_posix()}"

    @property
    def cache_url(self) -> str:
        return f"sqlite:///{(self.instance / 'cache.sqlite').as_posix()}"

    @property
    def sheets(self) -> Path:
        """The structure's own sheets; the folder need not exist."""
        return self.instance / "tutoriels"


def load_settings(environ: dict[str, str] | None = None, **overrides) -> Settings:
    """Settings from the environment over `instance/counter.toml` over the defaults.

    `overrides` win over everything (tests, commands). Raises SettingsError with a French sentence.
    """
    environ = dict(os.environ if environ is None else environ)
    instance = Path(overrides.pop("instance", None) or environ.get("COUNTER_INSTANCE") or ROOT / "instance")
    values = _read_toml(instance / "counter.toml")
    for item in fields(Settings):
        name = f"COUNTER_{item.name.upper()}"
        if name in environ and item.name != "instance":
            values[item.name] = environ[name]
    values |= overrides
    known = {item.name: type(item.default) for item in fields(Settings)}
    typed = {name: _typed(name, value, known) for name, value in values.items() if name != "instance"}
    settings = Settings(instance=instance.resolve(), **typed)
    check_settings(settings)
    return settings


def _read_toml(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Le fichier counter.toml ne se lit pas : {error}. Corrigez cette ligne.") from error


def _typed(name: str, value, known: dict[str, type]):
    if name not in known:
        raise SettingsError(f"Le réglage « {name} » n'existe pas. Vérifiez son nom dans la documentation.")
    kind = known[name]
    if kind is bool and isinstance(value, str):
        if value.lower() not in {"0", "1", "true", "false", "oui", "non", ""}:
            raise SettingsError(f"Le réglage « {name} » vaut « {value} » : écrivez oui ou non.")
        return value.lower() in {"1", "true", "oui"}
    if kind is int and not isinstance(value, int | str):
        value = ""  # a list, a date or 80.5 is no whole number
    try:
        return kind(value)
    except ValueError as error:
        raise SettingsError(f"Le réglage « {name} » vaut « {value} » : un nombre entier est attendu.") from error


def check_settings(settings: Settings) -> None:
    """Raises SettingsError for a port out of range, a bad address or colours nobody could read."""
    if not 1 <= settings.port <= 65535:
        raise SettingsError(f"Le port {settings.port} n'existe pas : choisissez entre 1 et 65535.")
    if settings.public_url and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", settings.public_url):
        raise SettingsError(f"L'adresse publique « {settings.public_url} » doit commencer par https://.")
    _check_messages(settings)
    _check_proconnect(settings)
    _check_api_particulier(settings)
    if not 0 <= settings.proxies <= 9:
        raise SettingsError("Le réglage « proxies » est un nombre de 0 à 9.")
    if not 0 <= settings.control_opens < settings.control_closes <= 24:
        raise SettingsError(
            "Les réglages « control_opens » et « control_closes » sont deux heures, la première plus tôt."
        )
    for name in _COUNTED:
        if getattr(settings, name) < 1:
            raise SettingsError(f"Le réglage « {name} » doit valoir 1 ou plus.")
    for name in ("colour", "colour_dark"):
        value = getattr(settings, name)
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise SettingsError(f"La couleur « {value} » doit s'écrire comme #0b4d63.")
        if (ratio := contrast(value, "#ffffff")) < 7:
            raise SettingsError(
                f"La couleur {value} est trop claire : le texte blanc s'y lit mal (contraste "
                f"{ratio:.1f}, il faut 7). Choisissez une couleur plus foncée."
            )


def _check_messages(settings: Settings) -> None:
    if not 1 <= settings.smtp_port <= 65535:
        raise SettingsError(f"Le port {settings.smtp_port} n'existe pas : choisissez entre 1 et 65535.")
    if settings.smtp_tls not in {"starttls", "ssl", "none"}:
        raise SettingsError(f"Le réglage « smtp_tls » vaut « {settings.smtp_tls} » : écrivez starttls, ssl ou none.")
    if settings.smtp_host and not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", settings.smtp_sender):
        raise SettingsError("Pour envoyer des e-mails, écrivez l'adresse de l'expéditeur dans « smtp_sender ».")
    gateway = r"fichier|https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?"
    if settings.sms_gateway and not re.fullmatch(gateway, settings.sms_gateway):
        raise SettingsError("Le réglage « sms_gateway » doit être une adresse https://, « fichier », ou rien.")


def _check_api_particulier(settings: Settings) -> None:
    """A token never travels unprotected, except to this machine."""
    address = r"https://[^\s/?#]+(/[^\s?#]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?"
    if settings.api_particulier_url and not re.fullmatch(address, settings.api_particulier_url):
        raise SettingsError("Le réglage « api_particulier_url » doit être une adresse https://, sans « ? », ou rien.")
    if settings.api_particulier_url and not settings.api_particulier_token:
        raise SettingsError("Pour API Particulier, écrivez le jeton dans « api_particulier_token ».")


def _check_proconnect(settings: Settings) -> None:
    if not settings.proconnect_url:
        return
    address = r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?"
    if not re.fullmatch(address, settings.proconnect_url):
        raise SettingsError("L'adresse de ProConnect doit commencer par https://.")
    if not (settings.proconnect_client_id and settings.proconnect_client_secret and settings.public_url):
        raise SettingsError(
            "ProConnect demande aussi « proconnect_client_id », « proconnect_client_secret » et « public_url »."
        )


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio (1–21) of two #rrggbb colours."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
