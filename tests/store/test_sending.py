"""The outbox against a real mail server on loopback: once and only once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import email
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from counter.appointments import Status
from counter.config import ROOT
from counter.messages import LEASE, MAX_TRIES, Channel, Kind, Outgoing, State
from counter.models import Appointment, Message, Motif, Site
from counter.outside import mail
from counter.sending import Post, Sent, send_due
from counter.slots import FreedTime
from counter.store import offers, waiting
from counter.store.appointments import appointment_by_id, cancel
from counter.store.booking import book
from counter.store.messages import abandon, claim, due_messages, outbox, queue, record_sent
from counter.store.phone_calls import not_reached
from tests.conftest import START, Clock, settings_for
from tests.store.conftest import EVERY_DAY, PERSON, Town, at, new_key

BOTH = Outgoing(email=True, sms=True, structure="France Services du Val")
MAIL = Outgoing(email=True, sms=False, structure="France Services du Val")
MOBILE = {"phone": "+33612345678"}


class MailServer:
    """A mail server: keeps what it takes, answers what the test wants, and may keep a sender waiting."""

    def __init__(self):
        self.letters, self.answers, self.waiting = [], [], threading.Event()
        self.block = False
        self.together: asyncio.Event | None = None
        self.talking = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.block:
            self.waiting.set()
        while self.block:
            await asyncio.sleep(0.01)
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.together is not None:
            self.talking += 1
            if self.talking == 2:
                self.together.set()
            await asyncio.wait_for(self.together.wait(), 30)
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def post():
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Counter:
    """A real counter whose next opening is in two days, with what it can send by."""

    def __init__(self, town: Town, instance):
        self.town, self.instance, self.booked = town, instance, 0
        self.motif = town.add_motif("01", on_site=15)
        self.opening = town.add_opening(
            [self.motif], ends=1080, weekdays=EVERY_DAY, valid_from=datetime(2020, 1, 1).date()
        )
        town.prepare()
        self.settings = settings_for(instance)

    def by_mail(self, port: int) -> Counter:
        self.settings = settings_for(
            self.instance, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", smtp_sender="accueil@exemple.fr"
        )
        return self

    def by_sms(self, gateway: str, token: str = "") -> Counter:
        self.settings = settings_for(self.instance, sms_gateway=gateway, sms_token=token)
        return self

    def book(self, outgoing: Outgoing = MAIL, days: int = 2, index: int | None = None, **person) -> int:
        """An appointment with its messages, in one transaction as the view makes it."""
        now, self.booked = self.town.clock(), self.booked + 1
        slot = at((now + timedelta(days=days)).date(), self.opening, self.booked if index is None else index)
        with self.town.database.writing() as session:
            motif, who = session.get_one(Motif, self.motif), PERSON | {"needs": [], "language": ""} | person
            number = book(session, self.town.vault, motif, slot, None, who, new_key(), now)
            made = appointment_by_id(session, number)
            queue(session, made, Kind.CONFIRMATION, outgoing, now)
            queue(session, made, Kind.CONFIRMATION, outgoing, now)
        return number

    def cancel(self, number: int, outgoing: Outgoing = MAIL) -> None:
        with self.town.database.writing() as session:
            appointment = appointment_by_id(session, number)
            cancel(session, appointment, self.town.clock())
            queue(session, appointment, Kind.CANCELLATION, outgoing, self.town.clock())

    def send(self) -> Sent:
        return send_due(Post(self.town.database, self.settings, self.town.clock, MAIL))

    def rows(self) -> list[Message]:
        with self.town.database.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.due_at, Message.channel)))

    def states(self) -> list[tuple[str, str, str]]:
        return [(row.kind, row.channel, row.state) for row in self.rows()]

    def command(self, **environ: str) -> subprocess.Popen:
        """`flask messages envoyer`, in a process of its own."""
        more = {f"COUNTER_{name.upper()}": str(value) for name, value in (
            ("smtp_host", self.settings.smtp_host), ("smtp_port", self.settings.smtp_port),
            ("smtp_sender", self.settings.smtp_sender), ("smtp_tls", self.settings.smtp_tls),
            ("instance", self.instance), ("line_check", ""))}  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "messages", "envoyer"],
            cwd=ROOT, env=os.environ | more | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


@pytest.fixture
def counter(town, empty_instance) -> Counter:
    """At the test's own time."""
    return Counter(town, empty_instance)


@pytest.fixture
def counter_now(blank, empty_instance) -> Counter:
    """At the time of this machine, for commands in other processes."""
    return Counter(Town(blank, blank.engine.dialect.vault, Clock(datetime.now(UTC))), empty_instance)


def said(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


# ── sending ─────────────────────────────────────────────────────────────────────────────────────


def test_a_confirmation_arrives_once_with_its_calendar_file(counter_now, post):
    number = counter_now.by_mail(post.port).book()
    assert said(counter_now.command()) == "Messages envoyés : 1."
    assert said(counter_now.command()) == "Messages envoyés : 0."
    (letter,) = post.letters
    assert letter["To"] == "zoe@exemple.fr" and letter["From"] == "France Services du Val <accueil@exemple.fr>"
    assert (
        letter["Subject"].startswith("Votre rendez-vous est pris : ") and letter["Auto-Submitted"] == "auto-generated"
    )
    appointment = counter_now.town.appointment(number)
    body = letter.get_body().get_content()
    assert f"{appointment.code[:4]}-{appointment.code[4:]}" in body and "Mairie" in body
    (calendar,) = letter.iter_attachments()
    assert calendar.get_content_type() == "text/calendar" and calendar.get_param("method") == "PUBLISH"
    lines = calendar.get_content().replace("\r\n ", "").splitlines()
    assert {f"UID:{appointment.uid}@counter", "SEQUENCE:0", "METHOD:PUBLISH"} <= set(lines)
    assert any(line.startswith("ORGANIZER;CN=") and line.endswith("mailto:accueil@exemple.fr") for line in lines)
    assert appointment.code not in calendar.get_content()


def test_a_cancellation_tells_it_with_the_same_uid_and_a_higher_sequence(counter, post):
    number = counter.by_mail(post.port).book()
    counter.send()
    counter.cancel(number)
    counter.cancel(number)
    assert counter.send() == Sent(1, 0)
    first, second = [next(letter.iter_attachments()).get_content() for letter in post.letters]
    uid = f"UID:{counter.town.appointment(number).uid}@counter"
    assert uid in first and uid in second and "SEQUENCE:1" in second and "METHOD:CANCEL" in second
    assert next(post.letters[1].iter_attachments()).get_param("method") == "CANCEL"


def test_two_senders_at_once_send_each_message_once(counter_now, post):
    counter_now.by_mail(post.port)
    for _ in range(12):
        counter_now.book()
    post.together = asyncio.Event()  # the first letter waits for the other sender's
    senders = [counter_now.command() for _ in range(2)]
    counts = [int(said(sender).removeprefix("Messages envoyés : ").rstrip(".")) for sender in senders]
    assert sum(counts) == 12 and min(counts) > 0
    assert len({letter["Message-ID"] for letter in post.letters}) == len(post.letters) == 12


def test_a_server_that_is_down_is_tried_later_with_growing_pauses(counter, post):
    counter.by_mail(free_port()).book(days=20)
    assert counter.send() == Sent(0, 1)
    row = counter.rows()[0]
    assert (row.state, row.tries, row.last_error) == (State.TO_SEND, 1, "injoignable")
    assert row.next_try_at == START + timedelta(minutes=1)
    assert counter.send() == Sent(0, 0), "not before its pause is over"
    with counter.town.database.reading() as session:
        assert outbox(session, Channel.EMAIL, counter.town.clock()).last_error == "injoignable"
    counter.by_mail(post.port).town.clock.advance(minutes=1)
    assert counter.send() == Sent(1, 0)
    assert counter.rows()[0].state == State.SENT and len(post.letters) == 1


def test_after_six_tries_it_is_given_up_and_said(counter):
    counter.by_mail(free_port()).book(days=20)
    for _ in range(MAX_TRIES):
        assert counter.send() == Sent(0, 1)
        counter.town.clock.advance(hours=9)
    assert counter.send() == Sent(0, 0)
    assert counter.rows()[0].state == State.FAILED
    with counter.town.database.reading() as session:
        assert outbox(session, Channel.EMAIL, counter.town.clock()).failed == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 come back", State.TO_SEND), ("550 nobody here", State.FAILED), ("452 full", State.TO_SEND)],
)
def test_a_refusal_for_now_is_tried_again_one_for_good_is_not(counter, post, answer, state):
    counter.by_mail(post.port).book()
    post.answers = [answer]
    assert counter.send() == Sent(0, 1)
    row = counter.rows()[0]
    assert (row.state, row.last_error) == (state, f"smtp-{answer[:3]}")
    counter.town.clock.advance(hours=1)
    assert counter.send() == (Sent(1, 0) if state == State.TO_SEND else Sent(0, 0))


def test_a_sender_killed_before_the_server_took_it_leaves_it_to_the_next_after_the_lease(counter_now, post):
    counter_now.by_mail(post.port).book()
    post.block = True
    sender = counter_now.command()
    assert post.waiting.wait(30)
    sender.kill()
    sender.communicate()
    post.block = False
    assert counter_now.rows()[0].state == State.IN_HAND and post.letters == []
    assert said(counter_now.command()) == "Messages envoyés : 0."
    counter_now.town.clock.now = datetime.now(UTC) + LEASE
    assert counter_now.send() == Sent(1, 0) and len(post.letters) == 1
    assert counter_now.rows()[0].state == State.SENT


def test_of_two_senders_one_claims_and_what_was_taken_stays_taken(counter):
    counter.by_mail(free_port()).book()
    now, database = counter.town.clock(), counter.town.database
    with database.writing() as session:
        (message_id,) = due_messages(session, Channel.EMAIL, now)
        mine = claim(session, message_id, MAIL, now)
    with database.writing() as session:
        assert mine is not None and claim(session, message_id, MAIL, now) is None
        abandon(session, mine.appointment_id)
        record_sent(session, mine, now)
    assert counter.rows()[0].state == State.SENT


# ── reminders ───────────────────────────────────────────────────────────────────────────────────


def test_reminders_go_at_their_time_and_cancelling_forgets_them(counter, post):
    counter.by_mail(post.port)
    kept, dropped = counter.book(days=7, index=16), counter.book(days=7, index=17)
    assert counter.send() == Sent(2, 0)
    counter.cancel(dropped)
    assert counter.send() == Sent(1, 0)
    post.letters.clear()
    counter.town.clock.advance(days=5, hours=1)
    assert counter.send() == Sent(1, 0)
    counter.town.clock.advance(days=2, hours=-1)
    assert counter.send() == Sent(1, 0) and counter.send() == Sent(0, 0)
    assert [letter["Subject"][:29] for letter in post.letters] == ["Votre rendez-vous a bien lieu"] * 2
    mine = [row.state for row in counter.rows() if row.appointment_id == dropped and row.kind == Kind.REMINDER]
    assert mine == [State.ABANDONED] * 2 and kept != dropped


def test_a_counter_that_was_off_sends_no_reminder_at_night_nor_too_late(counter, post):
    counter.by_mail(post.port).book(days=7, index=16)
    counter.send()
    counter.town.clock.advance(days=5, hours=13)
    assert counter.send() == Sent(0, 0) and counter.rows()[1].tries == 0
    counter.town.clock.advance(hours=11)
    assert counter.send() == Sent(1, 0)
    counter.town.clock.advance(days=3)
    assert counter.send() == Sent(0, 0)
    assert counter.rows()[2].state == State.ABANDONED and counter.rows()[2].last_error == "trop-tard"


def test_no_reminder_says_that_an_hour_which_is_lost_stands(counter, post):
    number = counter.by_mail(post.port).book(days=7, index=16)
    counter.send()
    put_to_move(counter, number, True)
    counter.town.clock.advance(days=5, hours=1)
    assert counter.send() == Sent(0, 0) and counter.send() == Sent(0, 0)
    put_to_move(counter, number, False)
    counter.town.clock.advance(hours=1)
    assert counter.send() == Sent(1, 0), "the closure was lifted: the appointment stands"


def test_a_reminder_says_what_its_motif_and_its_place_say_today(counter, post):
    counter.by_mail(post.port).book(days=5)
    counter.send()
    with counter.town.database.writing() as session:
        motif = session.get_one(Motif, counter.motif)
        motif.sensitive, motif.bring = True, "Votre bail"
        session.get_one(Site, counter.town.site).street = "9 avenue Nouvelle"
    counter.town.clock.advance(days=3, hours=4)
    counter.send()
    confirmed, reminder = (letter.get_body().get_content() for letter in post.letters)
    assert "Motif :" in confirmed and "Motif :" not in reminder
    assert "9 avenue Nouvelle" in reminder and "- Votre bail" in reminder


def test_a_motif_that_asks_for_no_reminder_any_more_sends_none(counter, post):
    counter.by_mail(post.port).book(days=5)
    counter.send()
    with counter.town.database.writing() as session:
        session.get_one(Motif, counter.motif).reminder_days = ""
    counter.town.clock.advance(days=3, hours=4)
    assert counter.send() == Sent() and len(post.letters) == 1


@pytest.mark.parametrize("status", [Status.EXCUSED, Status.ARRIVED, Status.SEEN])
def test_nobody_who_came_or_excused_themselves_is_reminded(counter, post, status):
    number = counter.by_mail(post.port).book(days=7, index=16)
    counter.send()
    with counter.town.database.writing() as session:
        appointment_by_id(session, number).status = status
    counter.town.clock.advance(days=5, hours=1)
    assert counter.send() == Sent(0, 0) and len(post.letters) == 1
    assert counter.rows()[1].state == State.ABANDONED


def put_to_move(counter: Counter, number: int, to_move: bool) -> None:
    with counter.town.database.writing() as session:
        appointment_by_id(session, number).to_move = to_move


def test_a_change_replaces_what_was_waiting_and_plans_the_reminders_again(counter):
    number, now = counter.book(days=7, index=16), counter.town.clock()
    with counter.town.database.writing() as session:
        appointment = appointment_by_id(session, number)
        appointment.day, appointment.sequence = appointment.day + timedelta(days=1), 1
        queue(session, appointment, Kind.CHANGE, MAIL, now)
    waiting = [row for row in counter.rows() if row.state == State.TO_SEND]
    assert [(row.kind, row.sequence) for row in waiting] == [("changement", 1), ("rappel", 1), ("rappel", 1)]
    assert {row.state for row in counter.rows() if row.sequence == 0} == {State.ABANDONED}
    assert "mercredi 2 décembre 2026" in waiting[0].subject


def test_a_reminder_that_failed_for_the_old_date_asks_for_no_call_about_the_new_one(counter):
    number, now = counter.book(BOTH, days=7), counter.town.clock()
    with counter.town.database.writing() as session:
        for message in session.scalars(select(Message).where(Message.kind == Kind.REMINDER)):
            message.state = State.FAILED
        appointment = appointment_by_id(session, number)
        appointment.day, appointment.sequence = appointment.day + timedelta(days=1), 1
        queue(session, appointment, Kind.CHANGE, BOTH, now)
        session.flush()
        assert not_reached(session, counter.town.site, appointment.day, BOTH) == []


@pytest.mark.parametrize("hello", ["554 no service here", "521 no mail", "550 your address is listed"])
def test_a_server_that_refuses_this_counter_loses_no_message(counter, hello):
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=refuse_one, args=(server, hello), daemon=True).start()
        counter.by_mail(server.getsockname()[1]).book()
        assert counter.send() == Sent(0, 1)
    (row, *_) = counter.rows()
    assert (row.state, row.last_error) == (State.TO_SEND, f"smtp-{hello[:3]}")


def refuse_one(server: socket.socket, hello: str) -> None:
    caller, _ = server.accept()
    with caller:
        caller.sendall(f"{hello}\r\n".encode())
        caller.recv(100)


def test_a_domain_with_an_accent_is_written_as_servers_read_it(counter, post):
    counter.by_mail(post.port).book(email="zoe@café.fr")
    assert counter.send() == Sent(1, 0) and post.letters[0]["To"] == "zoe@xn--caf-dma.fr"


# ── who gets what ───────────────────────────────────────────────────────────────────────────────


def test_nothing_is_queued_without_means_nor_for_a_careful_contact(counter):
    counter.book(Outgoing(email=False, sms=False, structure="x"), days=7, **MOBILE)
    careful = counter.book(BOTH, days=7, careful=True, **MOBILE)
    counter.cancel(careful, BOTH)
    assert counter.rows() == []


def test_someone_without_email_nor_mobile_is_on_the_call_list(counter):
    day = (START + timedelta(days=7)).date()
    told = counter.book(BOTH, days=7)
    landline = counter.book(BOTH, days=7, email="")
    nothing = counter.book(BOTH, days=7, email="", phone="")
    counter.book(BOTH, days=7, email="", careful=True)
    counter.cancel(counter.book(BOTH, days=7, email=""))
    with counter.town.database.writing() as session:
        assert [a.id for a in not_reached(session, counter.town.site, day, BOTH)] == [landline, nothing]
        for message in session.scalars(select(Message).where(Message.appointment_id == told)):
            message.state = State.FAILED
    with counter.town.database.reading() as session:
        assert [a.id for a in not_reached(session, counter.town.site, day, BOTH)] == [told, landline, nothing]


def test_a_relative_learns_neither_the_code_nor_the_motif(counter, post):
    with counter.town.database.writing() as session:
        session.get_one(Motif, counter.motif).bring = "La déclaration de grossesse"
    number = counter.by_mail(post.port).book(contact_shared=True, contact_name="Paul Exemple", days=7)
    counter.send()
    counter.town.clock.advance(days=5, hours=1)
    counter.send()
    code = counter.town.appointment(number).code
    assert len(post.letters) == 2
    for letter in post.letters:
        words = letter.as_string() + letter.get_body().get_content()
        words += "".join(part.get_content() for part in letter.iter_attachments())
        assert code[:4] not in words and "Motif 01" not in words and "grossesse" not in words
        assert letter["Subject"].startswith("Le rendez-vous pour Zoé ")


def test_addresses_and_words_are_encrypted_at_rest(counter, empty_instance):
    counter.book(BOTH, **MOBILE)
    written = b"".join(path.read_bytes() for path in empty_instance.glob("counter.sqlite*"))
    for secret in ("zoe@exemple.fr", "612345678", "Votre rendez-vous est pris"):
        assert secret.encode() not in written


# ── SMS ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_gateway_writes_one_line_an_sms(counter, empty_instance):
    counter.by_sms("fichier").book(BOTH, **MOBILE)
    assert counter.send() == Sent(1, 0) and counter.send() == Sent(0, 0)
    path = empty_instance / "sms.jsonl"
    (line,) = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert line["to"] == "+33612345678" and line["text"].startswith("Votre rendez-vous est pris : ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ("confirmation", "e-mail", State.TO_SEND) in counter.states(), "it waits for a mail server"


class Service(BaseHTTPRequestHandler):
    """An SMS service: `answers` are the codes it gives, `got` what it was sent."""

    answers, got, heard = [], [], threading.Event()

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), json.loads(content)))
        self.heard.set()
        self.send_response(self.answers.pop(0) if self.answers else 202)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    Service.answers, Service.got, Service.heard = [], [], threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_is_asked_again_after_a_failure_with_the_same_key(counter, service):
    counter.by_sms(service, token="clé".encode().hex()).book(BOTH, **MOBILE)
    Service.answers += [503, 302, 202]
    for result in (Sent(0, 1), Sent(0, 1), Sent(1, 0)):
        assert counter.send() == result
        counter.town.clock.advance(minutes=6)
    assert len({sent["key"] for _, sent in Service.got}) == 1 and len(Service.got) == 3
    assert Service.got[0][0]["Authorization"].startswith("Bearer ")


def test_a_mail_server_that_hangs_keeps_no_sms_waiting(counter, post, service):
    counter.settings = replace(counter.by_mail(post.port).settings, sms_gateway=service)
    counter.book(BOTH, **MOBILE)
    post.block = True
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(counter.send)
        assert post.waiting.wait(30) and Service.heard.wait(30)
        assert post.letters == [] and not sending.done()
        post.block = False
        assert sending.result(60) == Sent(2, 0) and len(post.letters) == 1


def test_where_nobody_answers_one_message_waits_and_the_others_go_when_there_is_someone(counter, post):
    counter.by_mail(free_port())
    for _ in range(3):
        counter.book()
    assert counter.send() == Sent(0, 1), "each would have waited as long"
    assert sorted(row.tries for row in counter.rows() if row.kind == Kind.CONFIRMATION) == [0, 0, 1]
    assert counter.by_mail(post.port).send() == Sent(2, 0), "the next round, a minute later"


def test_a_number_that_is_refused_keeps_no_other_message_back(counter, post):
    counter.by_mail(post.port)
    for _ in range(2):
        counter.book()
    post.answers += ["550 no"]
    assert counter.send() == Sent(1, 1)


def test_an_email_with_accents_goes_as_any_server_takes_it_and_is_read_back(post):
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nLOCATION:Mairie de Besançon\r\nEND:VCALENDAR\r\n"
    body, sender, to = "C'est noté.\n", "accueil@exemple.fr", "zoe@exemple.fr"
    sent = mail.letter("cle", sender, "Maison d'à côté", to, "Noté", body, START, calendar.encode())
    server = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none", "smtp_sender": sender}
    mail.send_mail(settings_for(ROOT, **server), sent)
    (got,) = post.letters
    assert sent.as_bytes().isascii() and {part["Content-Transfer-Encoding"] for part in sent.walk()} & {"8bit"} == set()
    assert got.get_body().get_content().splitlines() == [body.strip()]
    (attached,) = got.iter_attachments()
    assert attached.get_content().splitlines() == calendar.splitlines() and attached.get_param("method") == "PUBLISH"


def test_a_gateway_that_has_the_first_try_in_hand_is_asked_again(counter, service):
    counter.by_sms(service).book(BOTH, **MOBILE)
    Service.answers += [409]
    assert counter.send() == Sent(0, 1)
    counter.town.clock.advance(minutes=6)
    assert counter.send() == Sent(1, 0)


def test_a_number_the_gateway_refuses_is_not_tried_again(counter, service):
    counter.by_sms(service).book(BOTH, **MOBILE)
    Service.answers += [422]
    assert counter.send() == Sent(0, 1)
    counter.town.clock.advance(hours=1)
    assert counter.send() == Sent(0, 0)
    sms = next(row for row in counter.rows() if row.channel == Channel.SMS and row.kind == Kind.CONFIRMATION)
    assert (sms.state, sms.last_error) == (State.FAILED, "http-422")


# ── the command ─────────────────────────────────────────────────────────────────────────────────


def test_the_command_says_that_nothing_is_set_up(counter_now):
    process = counter_now.command()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "Aucun envoi n'est configuré" in err and "Traceback" not in err


# ── an earlier place ────────────────────────────────────────────────────────────────────────────


class Waits:
    """Two people who wait, in this order, and someone whose place comes back."""

    def __init__(self, counter: Counter):
        self.counter, self.town = counter, counter.town
        self.early = counter.book(days=1)
        self.first, self.second = counter.book(days=3), counter.book(days=4, email="paul@exemple.fr")
        counter.send()
        with self.town.database.writing() as session:
            for number in (self.first, self.second):
                waiting.ask(session, appointment_by_id(session, number), None, self.town.clock())

    def comes_back(self) -> None:
        with self.town.database.writing() as session:
            freed = cancel(session, appointment_by_id(session, self.early), self.town.clock())
            waiting.after_change(session, self.early, freed, self.town.clock())

    def tell(self) -> int:
        """As each minute, but for the addresses of pages."""
        with self.town.database.writing() as session:
            waiting.pass_on_lapsed(session, self.town.clock())
            return offers.tell(session, MAIL, self.town.clock())

    def refuse(self, number: int) -> None:
        with self.town.database.writing() as session:
            slot = waiting.request_of(session, number).offered_slot
            assert waiting.refuse(session, number, slot, self.town.clock())

    def accept(self, number: int) -> None:
        with self.town.database.writing() as session:
            slot = waiting.request_of(session, number).offered_slot
            assert waiting.accept(session, number, slot, new_key(), self.town.clock(), None)


@pytest.fixture
def waits(counter, post):
    waits = Waits(counter.by_mail(post.port))
    post.letters.clear()
    return waits


def test_who_waits_is_told_once_of_the_place_that_is_kept_and_of_nothing_else(waits, post):
    waits.comes_back()
    assert waits.tell() == 1 and waits.tell() == 0
    waits.counter.send()
    (letter,) = post.letters
    text = letter.get_body().get_content()
    assert letter["To"] == PERSON["email"] and letter["Subject"].startswith("Voulez-vous une place plus tôt ?")
    assert "rien ne change" in text and "gardée jusqu'au" in text
    assert not list(letter.iter_attachments()), "nothing to put into a calendar yet"
    waits.town.clock.advance(minutes=5)
    assert waits.tell() == 0 and waits.counter.send() == Sent()


def test_a_place_without_an_answer_is_offered_to_the_next_who_is_told(waits, post):
    waits.comes_back()
    waits.tell()
    waits.counter.send()
    with waits.town.database.reading() as session:
        until = waiting.request_of(session, waits.first).offered_until
    waits.town.clock.now = until + timedelta(minutes=1)
    assert waits.tell() == 1
    waits.counter.send()
    assert [letter["To"] for letter in post.letters] == [PERSON["email"], "paul@exemple.fr"]


@pytest.mark.parametrize("answer", ["refuse", "accept"])
def test_an_offer_that_was_answered_by_telephone_is_not_sent_any_more(waits, post, answer):
    waits.comes_back()
    waits.tell()
    getattr(waits, answer)(waits.first)
    waits.counter.send()
    assert [letter["To"] for letter in post.letters] == []
    assert ("proposition", "e-mail", State.ABANDONED) in waits.counter.states()


def test_a_second_offer_is_another_message(waits, post):
    waits.comes_back()
    waits.tell()
    waits.counter.send()
    waits.refuse(waits.first)
    waits.refuse(waits.second)
    waits.town.clock.advance(minutes=1)
    other = waits.counter.book(days=1, index=9)
    waits.counter.cancel(other)
    with waits.town.database.writing() as session:
        made = appointment_by_id(session, other)
        freed = FreedTime(made.opening_id, made.day, made.index, made.count)
        assert waiting.offer(session, freed, waits.town.clock()).appointment_id == waits.first
    assert waits.tell() == 1
    waits.counter.send()
    assert sum(letter["Subject"].startswith("Voulez-vous") for letter in post.letters) == 2


def test_nobody_is_woken_by_an_offer(waits, post):
    waits.town.clock.now = waits.town.clock().replace(hour=20)
    waits.comes_back()
    waits.tell()
    assert waits.counter.send() == Sent() and not post.letters
    waits.town.clock.advance(hours=12)
    assert waits.counter.send().sent == 1


def test_a_careful_contact_hears_of_no_offer(counter, post):
    waits = Waits(counter.by_mail(post.port))
    with waits.town.database.writing() as session:
        booked = appointment_by_id(session, waits.first)
        booked.person = booked.person | {"careful": True}
    post.letters.clear()
    waits.comes_back()
    assert waits.tell() == 0 and waits.counter.send() == Sent()


def test_messages_go_with_their_appointment(counter):
    number = counter.book(BOTH)
    with counter.town.database.writing() as session:
        session.delete(session.get_one(Appointment, number))
    assert counter.rows() == []
