"""What is looked after by hand or by a timer: free time, what is past its term, accounts, the journal, messages."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app

from counter.commands.speaking import Stop, open_instance, spoken
from counter.config import load_settings
from counter.control import Family
from counter.db import open_cache
from counter.formatting import date_long
from counter.retention import kept
from counter.sending import means_configured, offers_round, post_of, send_due
from counter.store.control import open_findings
from counter.store.free_time import audit_free_time
from counter.store.journal import last_mark, verify
from counter.store.settings import is_demonstration
from counter.upkeep import past_term, purge, thresholds, watch_accounts


@click.command("verifier-creneaux")
@click.option("--reparer", is_flag=True, help="Écrit la valeur juste là où elle diffère.")
@spoken
def audit(reparer: bool) -> None:
    """Compare le temps libre avec les rendez-vous, dont il est déduit."""
    main, _ = open_instance(load_settings())
    with main.writing() as session:
        wrong = audit_free_time(session, reparer, datetime.now(UTC))
    for opening_id, day, desk, found, expected in wrong:
        place = f"plage {opening_id}, {day}, guichet {desk + 1}"
        if expected is None:
            click.echo(f"{place} : deux rendez-vous se chevauchent, appelez une des personnes")
        else:
            click.echo(f"{place} : {'rien' if found is None else f'{found:b}'} au lieu de {expected:b}")
    if wrong and not reparer:
        raise Stop(f"Différences : {len(wrong)}. Relancez avec --reparer pour les corriger.")
    click.echo(f"Différences corrigées : {len(wrong)}." if wrong else "Le temps libre est juste.")


@click.command("purger")
@click.option("--essai", is_flag=True, help="Dit seulement ce qui serait effacé.")
@spoken
def purge_old(essai: bool) -> None:
    """Efface ce qui a dépassé sa durée. Le serveur le fait aussi tout seul, une fois par jour."""
    settings = load_settings()
    main, keys = open_instance(settings)
    cache, now = open_cache(settings.cache_url, keys.vault), datetime.now(UTC)
    act = past_term if essai else purge
    told = act(main, cache, settings, now.date(), now)
    for data, number in told.items():
        item = kept(data)
        click.echo(f"{item.label} : {number} ({item.term})")
    if not told:
        click.echo("Rien n'a dépassé sa durée.")
    elif essai:
        click.echo("Essai : rien n'est effacé.")


@click.command("controle")
@spoken
def control_accounts() -> None:
    """Dit ce qui est inhabituel dans l'usage des comptes ; annonce puis ferme ceux qui ne servent plus."""
    settings, now = load_settings(), datetime.now(UTC)
    main, _ = open_instance(settings)
    announced, closed = watch_accounts(main, settings, now)
    with main.reading() as session:
        found = open_findings(session, thresholds(settings), None, now)
    for family in Family:
        theirs = [item for item in found if item.kind.family is family]
        if theirs:
            click.echo(f"{family.label} :")
        for item in theirs:
            who = f", agent n° {item.agent_id}" if item.agent_id else ""
            click.echo(f"  {date_long(item.on)} : {item.kind.label}{who}. {item.detail}")
    if announced or closed:
        click.echo(f"Fermetures annoncées : {announced}. Comptes fermés : {closed}.")
    click.echo(f"Constats à traiter : {len(found)}." if found else "Rien d'inhabituel.")


@click.group("journal")
def journal() -> None:
    """Qui a fait ou lu quoi."""


@journal.command("verifier")
@spoken
def verify_journal() -> None:
    """Relit tout le journal : dit chaque ligne changée, enlevée ou ajoutée."""
    main, _ = open_instance(load_settings())
    found = 0
    with main.reading() as session:
        for fault in verify(session):
            click.echo(fault.sentence)
            found += 1
        last = last_mark(session)
    if found:
        raise Stop(f"LE JOURNAL A ÉTÉ TOUCHÉ : {found}. Gardez une copie de la base.")
    click.echo("Le journal est intact.")
    if last:
        click.echo(f"Dernière ligne : {last.seq}, sceau {last.hash.hex()}. Notez-les ailleurs.")


@click.group("messages")
def messages() -> None:
    """Les e-mails et les SMS des rendez-vous."""


@messages.command("envoyer")
@spoken
def send_messages() -> None:
    """Envoie ce qui est à envoyer maintenant. Se lance chaque minute, même à plusieurs."""
    settings = load_settings()
    main, _ = open_instance(settings)
    with main.reading() as session:
        if is_demonstration(session):
            click.echo("Cette instance est une démonstration : aucun message n'est envoyé.")
            return
    if not means_configured(settings):
        raise Stop("Aucun envoi n'est configuré. Remplissez COUNTER_SMTP_HOST ou COUNTER_SMS_GATEWAY.")
    post = post_of(current_app)
    offers_round(post)
    done = send_due(post)
    click.echo(f"Messages envoyés : {done.sent}." + (f" Pas encore partis : {done.failed}." if done.failed else ""))
