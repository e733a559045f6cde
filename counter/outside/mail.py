"""E-mail by SMTP: one message, its calendar file beside it, and what the server said of it."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from counter.config import Settings
from counter.messages import NotSent

TIMEOUT_SECONDS = 20
_BAD_ACCOUNT = (530, 534, 535, 538)  # the server refuses this counter, not this message: it may be put right

_SEVEN_BITS = SMTP.clone(cte_type="7bit")  # any server takes it, whatever letters it holds


@contextmanager
def _faults():
    """What can go wrong, as NotSent: a refusal of 500 and more is for good, everything else may pass."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        raise NotSent(f"smtp-{code}", final=code >= 500) from None
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPSenderRefused) as refused:
        raise NotSent(f"smtp-{refused.smtp_code}") from None  # this counter is refused, not the message
    except smtplib.SMTPResponseException as refused:
        code = refused.smtp_code
        raise NotSent(f"smtp-{code}", final=code >= 500 and code not in _BAD_ACCOUNT) from None
    except ssl.SSLError:
        raise NotSent("certificat") from None
    except (smtplib.SMTPException, OSError):
        raise NotSent("injoignable", nobody=True) from None
    except ValueError:  # an address or a word that no e-mail can carry
        raise NotSent("adresse", final=True) from None


@_faults()
def letter(
    key: str, sender: str, structure: str, to: str, subject: str, body: str, now: datetime, calendar: bytes | None
) -> EmailMessage:
    """The e-mail; its `key` makes the Message-ID, the same at each try. `calendar` is an iCalendar file."""
    message = EmailMessage(policy=_SEVEN_BITS)
    message["From"] = Address(" ".join(structure.split()), addr_spec=sender)
    name, _, domain = to.rpartition("@")
    message["To"] = f"{name}@{domain.encode('idna').decode()}"  # café.fr is written xn--caf-dma.fr
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    message.set_content(body)
    if calendar is not None:
        text = calendar.decode()
        said = re.search(r"^METHOD:(\w+)", text, re.M)
        params = {"method": said[1]} if said else {}
        message.add_attachment(text, subtype="calendar", params=params, filename="rendez-vous.ics")
    return message


def send_mail(settings: Settings, message: EmailMessage) -> None:
    """Hand the message to the server. Raises NotSent; once the server took it, nothing is raised any more."""
    with _faults(), _connected(settings) as server:
        server.send_message(message)


@contextmanager
def _connected(settings: Settings):
    context = ssl.create_default_context()
    if settings.smtp_tls == "ssl":
        server = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()
