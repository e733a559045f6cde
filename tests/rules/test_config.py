"""Settings: the environment over counter.toml over the defaults, and what is refused in French."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from counter.config import ROOT, Settings, SettingsError, contrast, load_settings


@pytest.fixture
def toml(tmp_path):
    """Write counter.toml."""

    def write(text: str) -> None:
        (tmp_path / "counter.toml").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def load(tmp_path):
    """Settings of this folder, in this environment."""

    def read(environ: dict[str, str] | None = None, **overrides) -> Settings:
        return load_settings(environ or {}, instance=tmp_path, **overrides)

    return read


def refusal(load, environ=None, **overrides) -> str:
    with pytest.raises(SettingsError) as error:
        load(environ, **overrides)
    return str(error.value)


def test_without_file_or_environment_every_setting_has_its_default(load, tmp_path):
    settings = load()
    assert settings == Settings(instance=tmp_path)
    assert settings.main_url == f"sqlite:///{tmp_path.as_posix()}/counter.sqlite"


def test_the_file_wins_over_the_default_and_the_environment_over_the_file(load, toml):
    toml('port = 8001\nstructure_name = "Maison du Val"\ntls = true\n')
    settings = load({"COUNTER_PORT": "8002"})
    assert (settings.port, settings.structure_name, settings.tls) == (8002, "Maison du Val", True)
    assert load({"COUNTER_PORT": "8002"}, port=8003).port == 8003


def test_the_folder_of_the_instance_comes_from_the_environment(tmp_path):
    (tmp_path / "counter.toml").write_text("port = 8009", encoding="utf-8")
    settings = load_settings({"COUNTER_INSTANCE": str(tmp_path)})
    assert (settings.instance, settings.port) == (tmp_path, 8009)


def test_another_database_is_used_when_its_address_is_given(load):
    assert load({"COUNTER_DATABASE_URL": "postgresql+psycopg://poste/counter"}).main_url.startswith("postgresql")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("oui", True), ("1", True), ("TRUE", True), ("non", False), ("0", False), ("false", False), ("", False)],
)
def test_yes_and_no_are_read_in_french_too(load, written, meant):
    assert load({"COUNTER_TLS": written}).tls is meant


def test_neither_yes_nor_no_is_refused(load):
    assert refusal(load, {"COUNTER_TLS": "peut-être"}) == "Le réglage « tls » vaut « peut-être » : écrivez oui ou non."


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_does_not_exist_is_refused(load, port):
    assert refusal(load, {"COUNTER_PORT": port}) == f"Le port {port} n'existe pas : choisissez entre 1 et 65535."


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_first_and_the_last_port_are_allowed(load, port):
    assert load({"COUNTER_PORT": port}).port == int(port)


def test_a_port_in_letters_is_refused(load):
    words = refusal(load, {"COUNTER_PORT": "huit mille"})
    assert words == "Le réglage « port » vaut « huit mille » : un nombre entier est attendu."


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, id=line) for line in ("port = [8000]", "port = 2026-11-24", "port = inf", "threads = {}")],
)
def test_a_number_of_another_kind_in_the_file_is_refused(load, toml, line):
    toml(line)
    assert "un nombre entier est attendu" in refusal(load)


def test_a_port_with_decimals_is_refused(load, toml):
    toml("port = 80.5")
    assert "un nombre entier est attendu" in refusal(load)


@pytest.mark.parametrize("name", ["idle_minutes", "session_hours", "hold_minutes", "slot_days", "threads"])
def test_a_duration_of_nothing_is_refused(load, name):
    assert refusal(load, **{name: 0}) == f"Le réglage « {name} » doit valoir 1 ou plus."
    assert getattr(load(**{name: 1}), name) == 1


@pytest.mark.parametrize("colour", ["bleu", "#0b4", "#0b4d6g", "0b4d63", "#0b4d63ff"])
@pytest.mark.parametrize("name", ["colour", "colour_dark"])
def test_a_colour_written_otherwise_is_refused(load, name, colour):
    assert refusal(load, **{name: colour}) == f"La couleur « {colour} » doit s'écrire comme #0b4d63."


@pytest.mark.parametrize("name", ["colour", "colour_dark"])
def test_a_colour_on_which_nobody_could_read_white_is_refused(load, name):
    words = refusal(load, **{name: "#888888"})
    assert words == (
        "La couleur #888888 est trop claire : le texte blanc s'y lit mal (contraste 3.5, il faut 7). "
        "Choisissez une couleur plus foncée."
    )


def test_the_lightest_grey_allowed_reads_at_seven_to_one(load):
    """#595959 is the usual example of 7:1 on white; #5a5a5a falls below."""
    assert load(colour="#595959").colour == "#595959"
    assert "trop claire" in refusal(load, colour="#5a5a5a")
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)


@pytest.mark.parametrize("address", ["caf.fr", "ftp://caf.fr", "https://", "https://a b", "javascript:alert(1)"])
def test_a_public_address_that_is_none_is_refused(load, address):
    words = refusal(load, public_url=address)
    assert words == f"L'adresse publique « {address} » doit commencer par https://."


def test_a_setting_that_does_not_exist_is_named(load, toml):
    toml("prot = 8000")
    assert refusal(load) == "Le réglage « prot » n'existe pas. Vérifiez son nom dans la documentation."


def test_a_file_that_does_not_read_is_told_with_its_line(load, toml):
    toml('port = 8000\nhost = "127.0.0.1\n')
    words = refusal(load)
    assert words.startswith("Le fichier counter.toml ne se lit pas : ")
    assert "line 2" in words


def test_a_file_in_another_encoding_is_refused(load, tmp_path):
    (tmp_path / "counter.toml").write_bytes('structure_name = "Décines"'.encode("latin-1"))
    assert refusal(load).startswith("Le fichier counter.toml ne se lit pas : ")


def test_every_setting_says_what_it_is_for():
    assert all(item.metadata["help"].endswith(".") for item in fields(Settings))


def test_the_words_of_a_tag_are_read_easily_in_light_and_in_the_dark():
    css = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    themes = (part.split("}")[0] for part in css.split("color-scheme: ")[1:3])
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in themes)
    for theme in (light, light | dark):
        for ink, ground in (("ok", "ok-tint"), ("stop", "stop-tint"), ("ink", "sun-tint"), ("brand-2", "brand-tint")):
            assert contrast(theme[ink], theme[ground]) >= 7, ink
