"""Messages: which and when, in words nobody misreads, and within one SMS."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from counter.formatting import day_long, hour, is_mobile
from counter.message_words import Facts, Standing, email_words, gsm7, offer_email, offer_sms, septets, sms_words
from counter.messages import (
    MAX_TRIES,
    Channel,
    Kind,
    channels,
    masked,
    next_try,
    reminder_days,
    reminders,
    sending_time,
)
from counter.slots import Mode

PARIS, MAYOTTE, CAYENNE = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Mayotte"), ZoneInfo("America/Cayenne")
FRIDAY = date(2026, 11, 27)


def paris(day: int, hours: int, minutes: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hours, minutes, tzinfo=PARIS)


STANDING = Standing("jeudi 3 décembre", "9 h", "mardi 24 novembre à 9 h")


def facts(**more) -> Facts:
    said = {
        "day": "vendredi 27 novembre 2026",
        "hour": "14 h 30",
        "mode": Mode.ON_SITE,
        "place": "France Services Tarare",
        "address": "1 rue de l'Exemple, 69170 Tarare",
        "structure": "France Services du Val",
        "bring": ("Votre pièce d'identité",),
        "motif": "Ma situation change",
        "code": "ABCD-EFGH",
    }
    return Facts(**said | more)


class TestWhen:
    def due(self, now, minute=14 * 60 + 30, days=(2, 0), zone=PARIS, day=FRIDAY):
        return [(r.days_before, r.due_at.astimezone(zone)) for r in reminders(day, minute, zone, list(days), now)]

    def test_two_reminders_two_days_before_and_on_the_day(self):
        assert self.due(paris(20, 9)) == [(2, paris(25, 10)), (0, paris(27, 9))]

    def test_an_early_appointment_is_recalled_the_evening_before(self):
        assert self.due(paris(20, 9), minute=9 * 60) == [(2, paris(25, 10)), (0, paris(26, 18))]

    def test_none_when_it_is_too_late_or_the_person_has_just_booked(self):
        assert self.due(paris(25, 9)) == [(0, paris(27, 9))]
        assert self.due(paris(24, 21, 59)) == [(2, paris(25, 10)), (0, paris(27, 9))]
        assert self.due(paris(24, 22, 1)) == [(0, paris(27, 9))]
        assert self.due(paris(27, 8)) == []

    def test_the_motif_says_which(self):
        assert self.due(paris(1, 9), days=()) == []
        assert [n for n, _ in self.due(paris(1, 9), days=(0, 7, 7, 1))] == [7, 1, 0]

    def test_a_reminder_is_useless_once_the_next_is_due_or_the_appointment_begins(self):
        first, last = reminders(FRIDAY, 870, PARIS, [2, 0], paris(20, 9))
        assert (first.useless_at, last.useless_at) == (paris(27, 9), paris(27, 14, 30))

    @pytest.mark.parametrize("zone", [PARIS, MAYOTTE, CAYENNE], ids=str)
    @pytest.mark.parametrize("minute", range(7 * 60, 20 * 60, 45))
    def test_every_reminder_goes_between_9_and_19_h_where_the_person_is(self, zone, minute):
        for shift in range(0, 365, 9):
            day = FRIDAY + timedelta(days=shift)
            found = self.due(datetime(2026, 1, 1, tzinfo=UTC), minute, (7, 2, 1, 0), zone, day)
            assert found and all(9 <= at.hour < 19 for _, at in found)
            assert [at for _, at in found] == sorted({at for _, at in found})

    def test_a_reminder_late_in_the_evening_waits_for_the_morning_a_confirmation_does_not(self):
        assert sending_time(Kind.REMINDER, paris(25, 19), PARIS) == paris(26, 9)
        assert sending_time(Kind.REMINDER, paris(25, 3), PARIS) == paris(25, 9)
        assert sending_time(Kind.REMINDER, paris(25, 18, 59), PARIS) == paris(25, 18, 59)
        assert sending_time(Kind.CONFIRMATION, paris(25, 22), PARIS) == paris(25, 22)

    def test_the_days_of_a_motif_are_read_with_patience(self):
        assert reminder_days("2,0") == [2, 0]
        assert reminder_days(" 0, 7,x,,99,-1,²") == [7, 0]
        assert reminder_days("") == []

    def test_the_pauses_grow_then_it_is_given_up(self):
        now = paris(25, 10)
        pauses = [next_try(tries, now) - now for tries in range(1, MAX_TRIES)]
        assert [p.total_seconds() / 60 for p in pauses][:4] == [1, 5, 30, 120] and pauses == sorted(pauses)
        assert next_try(MAX_TRIES, now) is None


def test_what_matters_goes_by_every_means_a_reminder_by_one():
    both = [Channel.SMS, Channel.EMAIL]
    assert channels(Kind.CONFIRMATION, email=True, mobile=True) == both
    assert channels(Kind.CANCELLATION, email=True, mobile=True) == both
    assert channels(Kind.REMINDER, email=True, mobile=True) == [Channel.SMS]
    assert channels(Kind.REMINDER, email=True, mobile=False) == [Channel.EMAIL]
    assert channels(Kind.CONFIRMATION, email=False, mobile=False) == []


@pytest.mark.parametrize(
    ("number", "mobile"),
    [("+33612345678", True), ("+33199001234", False), ("+262692123456", True), ("+262262123456", False), ("", False)],
)
def test_an_sms_goes_to_mobiles_only(number, mobile):
    assert is_mobile(number) is mobile


class TestWords:
    @pytest.mark.parametrize("mode", list(Mode))
    @pytest.mark.parametrize("relative", ["", "Élise", "Karim"])
    def test_nobody_takes_a_reminder_for_a_cancellation(self, mode, relative):
        told = facts(mode=mode, relative_of=relative, manage_url="https://c.example/rendez-vous/gerer")
        subject, body = email_words(Kind.REMINDER, told)
        sms = sms_words(Kind.REMINDER, told)
        if not relative:
            assert subject.startswith("Votre rendez-vous a bien lieu")
            assert body.split("\n\n")[1].startswith("Votre rendez-vous a bien lieu")
            assert sms.startswith("Votre rendez-vous a bien lieu")
        for text in (subject, body, sms):
            assert "a bien lieu" in text
            assert "annul" not in text.lower() and "supprim" not in text.lower()

    def test_a_relative_is_told_whose_appointment_it_is_in_good_french(self):
        assert email_words(Kind.REMINDER, facts(relative_of="Élise"))[0].startswith("Le rendez-vous pour Élise a bien")
        assert email_words(Kind.REMINDER, facts(relative_of="Karim"))[0].startswith("Le rendez-vous pour Karim a bien")

    @pytest.mark.parametrize("name", ["محمد", "Олена", "Θανάσης", "小红", "-"])
    def test_an_sms_that_cannot_write_a_relative_s_name_does_without(self, name):
        assert sms_words(Kind.CONFIRMATION, facts(relative_of=name)).startswith("Le rendez-vous est pris : ")
        assert name in email_words(Kind.CONFIRMATION, facts(relative_of=name))[0], "an e-mail can"

    @pytest.mark.parametrize(
        ("name", "written"), [("Şükrü", "pour Sükrü"), ("Łucja", "pour Lucja"), ("Cʼhann", "pour Chann")]
    )
    def test_an_sms_writes_a_relative_s_name_with_the_letters_it_has(self, name, written):
        assert sms_words(Kind.CONFIRMATION, facts(relative_of=name)).startswith(f"Le rendez-vous {written} est pris")

    def test_a_confirmation_tells_when_where_what_to_bring_the_code_and_how_to_cancel(self):
        subject, body = email_words(Kind.CONFIRMATION, facts(manage_url="https://c.example/rendez-vous/gerer"))
        assert subject == "Votre rendez-vous est pris : vendredi 27 novembre 2026 à 14 h 30"
        for said in (
            "1 rue de l'Exemple", "- Votre pièce d'identité", "ABCD-EFGH", "https://c.example/rendez-vous/gerer\n",
            "Motif : Ma situation change", "France Services du Val", "ce code, le jour et le mois de naissance",
        ):  # fmt: skip
            assert said in body

    def test_what_must_not_be_told_is_not(self):
        _, body = email_words(Kind.CONFIRMATION, facts(motif="", code=""))
        assert "Motif" not in body and "code" not in body.lower()
        assert "code écrit sur le papier" in email_words(Kind.REMINDER, facts(code="", manage_url="https://c.fr"))[1]
        assert "Ma situation" not in sms_words(Kind.CONFIRMATION, facts())

    def test_a_cancellation_says_there_is_nothing_else_to_do(self):
        _, body = email_words(Kind.CANCELLATION, facts())
        assert "est annulé." in body and "rien d'autre à faire" in body and "Apport" not in body
        assert sms_words(Kind.CANCELLATION, facts()).startswith(gsm7("Votre rendez-vous est annulé"))

    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OFFER])
    @pytest.mark.parametrize("mode", list(Mode))
    def test_every_day_of_the_year_fits_one_sms_with_day_hour_and_place(self, kind, mode):
        place = "Maison France Services intercommunale de Saint-Germain-l'Espinasse et de la Pacaudière, " * 3
        for shift in range(366):
            day = date(2028, 1, 1) + timedelta(days=shift)
            told = facts(
                day=day_long(day, year=kind is not Kind.REMINDER),
                hour=hour(16 * 60 + 45),
                mode=mode,
                place=place,
                relative_of="Marie-Françoise-Élisabeth",
                manage_url="https://rendez-vous.exemple.fr/rendez-vous/gerer",
            )
            sms = sms_words(kind, told)
            assert septets(sms) <= 160 and gsm7(sms) == sms
            assert gsm7(day_long(day)) in sms and "16 h 45" in sms
            assert {Mode.ON_SITE: "Maison France", Mode.PHONE: "par téléphone", Mode.VIDEO: "en visio"}[mode] in sms

    @pytest.mark.parametrize("mode", list(Mode))
    @pytest.mark.parametrize("relative", ["", "Marie-Françoise-Élisabeth"])
    def test_every_offer_fits_one_sms_and_says_how_to_take_it_and_that_nothing_changes_by_itself(self, mode, relative):
        for shift in range(366):
            day = day_long(date(2028, 1, 1) + timedelta(days=shift))
            told = facts(
                day=day, mode=mode, relative_of=relative, manage_url="https://rdv.exemple.fr/rendez-vous/gerer"
            )
            sms = offer_sms(told, STANDING)
            assert septets(sms) <= 160 and gsm7(sms) == sms
            assert sms.startswith(gsm7("Une place plus tôt")) and f"? {gsm7(day)} à 14 h 30, " in sms
            assert "Oui : https://rdv.exemple.fr/rendez-vous/gerer" in sms and "Sinon rien ne change." in sms

    @pytest.mark.parametrize("mode", list(Mode))
    @pytest.mark.parametrize("relative", ["", "Karim"])
    def test_nobody_takes_an_offer_for_a_change(self, mode, relative):
        told = facts(mode=mode, relative_of=relative, manage_url="https://c.example/rendez-vous/gerer")
        subject, body = offer_email(told, STANDING)
        assert subject.startswith("Voulez-vous une place plus tôt") and " ?" in subject.replace("\u00a0", " ")
        assert "rien ne change" in body and "reste le jeudi 3 décembre à 9 h" in body
        assert "gardée jusqu'au mardi 24 novembre à 9 h" in body and "https://c.example/rendez-vous/gerer\n" in body
        for text in (subject, body, offer_sms(told, STANDING)):
            assert "annul" not in text.lower() and "a changé" not in text and "déplacé" not in text
            assert not relative or "pour Karim" in text

    def test_who_can_answer_nowhere_else_is_told_to_come_or_to_call(self):
        assert "venez à l'accueil, ou appelez la Caf au 3230" in offer_email(facts(), STANDING)[1]
        assert "Oui : appelez le 3230." in offer_sms(facts(), STANDING)

    def test_a_short_place_leaves_room_for_the_code_and_what_to_do(self):
        sms = sms_words(Kind.CONFIRMATION, facts())
        assert "France Services Tarare." in sms and "Code ABCD-EFGH." in sms and "3230" in sms


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("à é è ù ì ò ä ö ñ ü", "à é è ù ì ò ä ö ñ ü"),
        ("ça être île ôter où août naïf", "ca etre ile oter où aout naif"),
        ("l’œuvre « Été » … – 9\u00a0h\u202f10", 'l\'oeuvre "Eté" ... - 9 h 10'.replace("Eté", "Été")),
        ("Łukasz Nguyễn ÀÊ", "Lukasz Nguyen AE"),
        ("10 € 😀 محمد", "10 €  "),
    ],
)
def test_letters_an_sms_does_not_know_are_replaced(text, plain):
    assert gsm7(text) == plain


def test_some_signs_count_twice():
    assert septets("10 €") == 5 and septets("é") == 1


def test_an_address_is_recognised_but_not_learnt():
    assert masked(Channel.EMAIL, "elise.lambert@exemple.fr") == "e•••@exemple.fr"
    assert masked(Channel.SMS, "+33639981278") == "•• 78"
