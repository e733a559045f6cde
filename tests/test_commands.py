"""The commands as a person types them: some in processes of their own, the others in this one, which spares each of
them the start of Python and changes nothing else."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from counter.commands import register
from counter.config import ROOT
from counter.db import Database
from counter.journal import Act, Subject
from counter.keys import load_keys
from counter.store.journal import record
from tests.conftest import settings_for


def run(*words: str, instance: Path, stdin: str = "", **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | {"COUNTER_INSTANCE": str(instance), "COUNTER_LINE_CHECK": ""} | environ,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def typed(*words: str, instance: Path) -> subprocess.CompletedProcess:
    """`flask …` in a process of its own."""
    return run("-m", "flask", *words, instance=instance)


def flask(*words: str, instance: Path) -> subprocess.CompletedProcess:
    """`flask …` in this process."""
    commands = Flask("counter", root_path=str(ROOT))
    register(commands)
    environ = {"COUNTER_INSTANCE": str(instance), "COUNTER_LINE_CHECK": ""}
    done = commands.test_cli_runner().invoke(args=words, env=environ)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def test_init_makes_a_tight_instance_and_can_be_run_again(tmp_path):
    for _ in range(2):
        done = typed("init", instance=tmp_path / "new")
        assert done.returncode == 0 and "L'instance est prête" in done.stdout, done.stderr
    keys = tmp_path / "new" / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    for name in ("keys/data.key", "keys/signing.key", "counter.sqlite", "cache.sqlite"):
        assert stat.S_IMODE((tmp_path / "new" / name).stat().st_mode) == 0o600, name


def test_demo_refuses_a_database_that_has_served(instance, empty_instance):
    done = typed("demo", instance=instance)
    assert done.returncode == 1 and "ne s'y mélange pas" in done.stderr and "Traceback" not in done.stderr
    assert typed("demo", "--si-vide", instance=instance).returncode == 0


def test_the_first_administrator_signs_in(empty_instance, clock):
    from app import create_app
    from tests.conftest import settings_for
    from tests.pages import Visitor

    words = ("creer-administrateur", "--identifiant", "Chef", "--nom", "La Cheffe", "--mot-de-passe")
    done = flask(*words, "court", instance=empty_instance)
    assert done.returncode == 1 and "8 à 32 caractères" in done.stderr
    assert flask(*words, "Tres-long-2026", instance=empty_instance).returncode == 0
    done = flask(*words, "Tres-long-2026", instance=empty_instance)
    assert done.returncode == 1 and "existe déjà" in done.stderr
    page = Visitor(create_app(settings_for(empty_instance), clock)).sign_in("chef", "Tres-long-2026").page
    assert page.h1.startswith("Bonjour") and "La Cheffe" in page.root_text()


def test_no_real_account_in_a_demonstration(instance):
    words = ("creer-administrateur", "--identifiant", "x", "--nom", "X", "--mot-de-passe", "Tres-long-2026")
    done = flask(*words, instance=instance)
    assert done.returncode == 1 and "est une démonstration" in done.stderr


def test_passwords_are_hashed_at_full_cost(empty_instance):
    typed("creer-administrateur", "--identifiant", "a", "--nom", "A", "--mot-de-passe", "Tres-long-2026",
          instance=empty_instance)  # fmt: skip
    with closing(sqlite3.connect(empty_instance / "counter.sqlite")) as connection:
        (hashed,) = connection.execute("SELECT password_hash FROM agent").fetchone()
    memory, passes = map(int, re.search(r"^\$argon2id\$v=19\$m=(\d+),t=(\d+)", hashed).groups())
    assert memory >= 19_456 and passes >= 2  # the least OWASP asks for


def test_the_free_time_is_checked_and_put_right(instance):
    assert "Le temps libre est juste" in flask("verifier-creneaux", instance=instance).stdout
    with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
        connection.execute(
            "UPDATE free_time SET free = 0 WHERE opening_id = 1 AND desk = 0 AND day = (SELECT min(day) FROM free_time)"
        )
        connection.commit()
    done = flask("verifier-creneaux", instance=instance)
    assert done.returncode == 1 and "plage 1" in done.stdout and "--reparer" in done.stderr
    assert "Différences corrigées : 1" in flask("verifier-creneaux", "--reparer", instance=instance).stdout
    assert "Le temps libre est juste" in flask("verifier-creneaux", instance=instance).stdout


def test_what_is_past_its_term_is_told_then_removed(instance):
    today = (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days  # whatever the year the suite runs in
    set_days(instance, today)
    assert "Rien n'a dépassé sa durée." in flask("purger", instance=instance).stdout
    set_days(instance, today - 400)
    with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM appointment").fetchone()
    told = flask("purger", "--essai", instance=instance).stdout
    assert f"Rendez-vous : {count} (12 mois après le jour du rendez-vous)" in told and "rien n'est effacé" in told
    done = flask("purger", instance=instance)
    assert f"Rendez-vous : {count}" in done.stdout and done.returncode == 0
    with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM appointment").fetchone() == (0,)
        assert connection.execute("SELECT detail FROM journal").fetchall() == [(f"rendez-vous {count}",)]


def set_days(instance: Path, day: int) -> None:
    """Every appointment of the instance on one day (counted since 1970)."""
    with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
        connection.execute("UPDATE appointment SET day = ?", (day,))
        connection.commit()


def test_the_control_says_what_is_unusual(instance):
    done = flask("controle", instance=instance)
    assert done.returncode == 0 and "Rien d'inhabituel." in done.stdout
    for _ in range(20):
        flask_refused(instance)
    done = flask("controle", instance=instance)
    assert (
        "20 connexions refusées depuis la machine 127.0.0.1." in done.stdout
        and "Constats à traiter : 1." in done.stdout
    )


def flask_refused(instance: Path) -> None:
    """A refused sign-in in the journal of the instance, now."""
    main = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    with main.writing() as session:
        record(session, Act.SIGN_IN_REFUSED, None, Subject.SESSION, None, "127.0.0.1", datetime.now(UTC))
    main.close()


def test_the_journal_is_verified_and_a_changed_line_named(empty_instance):
    assert "Le journal est intact." in flask("journal", "verifier", instance=empty_instance).stdout
    for name in ("un", "deux"):
        flask("creer-administrateur", "--identifiant", name, "--nom", name, "--mot-de-passe", "Tres-long-2026",
              instance=empty_instance)  # fmt: skip
    done = flask("journal", "verifier", instance=empty_instance)
    assert done.returncode == 0 and "Dernière ligne : 2, sceau " in done.stdout
    with closing(sqlite3.connect(empty_instance / "counter.sqlite")) as connection:
        connection.execute("DROP TRIGGER journal_update")
        connection.execute("UPDATE journal SET subject_id = '9' WHERE seq = 1")
        connection.commit()
    done = flask("journal", "verifier", instance=empty_instance)
    assert done.returncode == 1 and "La ligne n° 1 a été changée." in done.stdout
    assert "LE JOURNAL A ÉTÉ TOUCHÉ : 1." in done.stderr and "Traceback" not in done.stderr


def test_an_older_database_is_copied_then_updated(empty_instance):
    with closing(sqlite3.connect(empty_instance / "counter.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    done = flask("init", instance=empty_instance)
    assert done.returncode == 1 and "plus récente" in done.stderr and "Traceback" not in done.stderr


def test_a_lost_key_is_never_silently_made_again(instance):
    (instance / "keys" / "data.key").unlink()
    done = flask("init", instance=instance)
    assert done.returncode == 1 and "La clé keys/data.key manque" in done.stderr
    assert not (instance / "keys" / "data.key").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_one_may_not_write_in_is_said(tmp_path):
    tmp_path.chmod(0o500)
    done = typed("init", instance=tmp_path / "new")
    assert done.returncode == 1 and "Impossible d'écrire" in done.stderr


def test_serving_an_instance_that_is_not_ready_says_so_in_one_sentence(tmp_path):
    done = run("app.py", instance=tmp_path / "nowhere")
    assert done.returncode == 1 and "flask init" in done.stderr and "Traceback" not in done.stderr


def test_serving_prints_the_address_and_the_sign_ins_and_answers(instance):
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"COUNTER_INSTANCE": str(instance), "COUNTER_PORT": "8765", "COUNTER_LINE_CHECK": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        printed = [server.stdout.readline() for _ in range(6)]
        assert "http://127.0.0.1:8765" in printed[0] and "camille" in printed[2] and "Bonjour-2026" in printed[2]
        assert "Se connecter" in fetch("http://127.0.0.1:8765/connexion")
        second = run("app.py", instance=instance, COUNTER_PORT="8765")
        assert second.returncode == 1 and "COUNTER_PORT" in second.stderr and "Traceback" not in second.stderr
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()


@pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")
def test_several_processes_serve_as_the_readme_says_and_know_each_others_sign_ins(empty_instance):
    name, password = ("--identifiant", "cheffe", "--nom", "La Cheffe"), "Tres-long-2026"
    assert flask("creer-administrateur", *name, "--mot-de-passe", password, instance=empty_instance).returncode == 0
    line = re.search(r"^gunicorn (.+)$", (ROOT / "README.md").read_text("utf-8"), re.M)[1]
    words = shlex.split(line.replace("127.0.0.1:8000", "127.0.0.1:8767"))
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--graceful-timeout", "1", *words],
        cwd=ROOT,
        env=os.environ | {"COUNTER_INSTANCE": str(empty_instance), "COUNTER_LINE_CHECK": ""},
        stderr=subprocess.DEVNULL,
    )
    try:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = fetch("http://127.0.0.1:8767/connexion", browser.open)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        form = {"csrf_token": token, "identifier": "cheffe", "password": password, "suite": ""}
        browser.open("http://127.0.0.1:8767/connexion", urlencode(form).encode()).close()
        for _ in range(12):  # a connection each: any of the processes
            assert "Se déconnecter" in fetch("http://127.0.0.1:8767/", browser.open)
    finally:
        server.terminate()
        server.wait(10)


def fetch(url: str, ask=urllib.request.urlopen) -> str:
    for _ in range(100):
        try:
            with ask(url) as response:
                return response.read().decode()
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


def test_the_list_of_france_services_is_imported_and_says_what_it_could_not_read(instance, tmp_path):
    from tests.rules.test_directory import TARARE, csv_of

    file = tmp_path / "liste.csv"
    new = TARARE.replace("Tarare", "Exemple")
    file.write_bytes(csv_of(new, new.replace("FS-69-1;69", "FS-01-1;1"), encoding="cp1252"))
    done = flask("sites", "importer", str(file), instance=instance)
    assert done.returncode == 0 and "Lieux ajoutés : 1." in done.stdout, done.stderr
    assert "Ligne 3 : aucune Caf n'est créée pour le département 01" in done.stdout
    assert "Déjà justes : 1." in flask("sites", "importer", str(file), instance=instance).stdout
    file.write_text("autre chose")
    for path, words in ((file, "n'est pas la liste des France Services"), (tmp_path / "rien.csv", "ne s'ouvre pas")):
        done = flask("sites", "importer", str(path), instance=instance)
        assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr
