"""Conventions, groups, memberships, charges; dates, address and second step of agents."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("agent", recreate="always" if sqlite else "never") as batch_op:
        batch_op.add_column(sa.Column("opens_on", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("closes_on", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mobility", sa.String(length=10), server_default="sedentaire", nullable=False))
        batch_op.add_column(sa.Column("admin_seat", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("email", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("email_index", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("provisional_hash", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("provisional_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("totp_step", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("proconnect_sub", sa.String(length=255), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_agent_admin_seat"), ["admin_seat"])
        batch_op.create_unique_constraint(batch_op.f("uq_agent_email_index"), ["email_index"])
        batch_op.create_unique_constraint(batch_op.f("uq_agent_proconnect_sub"), ["proconnect_sub"])
    with op.batch_alter_table("message", recreate="always" if sqlite else "never") as batch_op:
        batch_op.alter_column("appointment_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "convention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caf_id", sa.Integer(), nullable=False),
        sa.Column("structure", sa.String(length=120), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["caf_id"], ["caf.id"], name=op.f("fk_convention_caf_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention")),
    )
    op.create_index(op.f("ix_convention_caf_id"), "convention", ["caf_id"])

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("convention_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_activity_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_convention_id"), "activity", ["convention_id"])

    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("convention_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["convention_id"], ["convention.id"], name=op.f("fk_contract_convention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index(op.f("ix_contract_convention_id"), "contract", ["convention_id"])

    op.create_table(
        "adhesion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_adhesion_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adhesion")),
        sa.UniqueConstraint("contract_id", "service", name=op.f("uq_adhesion_contract_id")),
    )
    op.create_table(
        "habilitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge", sa.String(length=12), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("validated_by_id", sa.Integer(), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(activity_id IS NULL) <> (site_id IS NULL)", name=op.f("ck_habilitation_one_target")),
        sa.CheckConstraint(
            "validated_by_id IS NULL OR validated_by_id <> proposed_by_id", name=op.f("ck_habilitation_second_person")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_habilitation_activity_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_habilitation_agent_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["agent.id"], name=op.f("fk_habilitation_ended_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["agent.id"], name=op.f("fk_habilitation_proposed_by_id")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["agent.id"], name=op.f("fk_habilitation_refused_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_habilitation_site_id")),
        sa.ForeignKeyConstraint(["validated_by_id"], ["agent.id"], name=op.f("fk_habilitation_validated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation")),
    )
    op.create_index(op.f("ix_habilitation_activity_id"), "habilitation", ["activity_id"])
    op.create_index(op.f("ix_habilitation_agent_id"), "habilitation", ["agent_id"])
    op.create_index(op.f("ix_habilitation_site_id"), "habilitation", ["site_id"])

    op.create_table(
        "habilitation_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("profile", sa.String(length=3), nullable=True),
        sa.Column("services", sa.String(length=120), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_habilitation_group_contract_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["agent.id"], name=op.f("fk_habilitation_group_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation_group")),
    )
    op.create_index(op.f("ix_habilitation_group_contract_id"), "habilitation_group", ["contract_id"])
    op.create_index(op.f("ix_habilitation_group_manager_id"), "habilitation_group", ["manager_id"])

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_recovery_code_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_agent_id"), "recovery_code", ["agent_id"])

    op.create_table(
        "group_site",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["habilitation_group.id"], name=op.f("fk_group_site_group_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_group_site_site_id")),
        sa.PrimaryKeyConstraint("group_id", "site_id", name=op.f("pk_group_site")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["agent.id"], name=op.f("fk_membership_added_by_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_membership_agent_id")),
        sa.ForeignKeyConstraint(["group_id"], ["habilitation_group.id"], name=op.f("fk_membership_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_agent_group", "membership", ["agent_id", "group_id"])
    op.create_index(op.f("ix_membership_group_id"), "membership", ["group_id"])
    _keep_the_agents_working(op.get_bind())


def _keep_the_agents_working(bind) -> None:
    """Rights now come from groups alone. Each site whose agents were working gets a convention still to be completed
    (no SIRET, no dates) and one group of no profile, with its agents; the first two administrators get the seats."""
    sites = bind.execute(
        sa.text("SELECT DISTINCT site.id, site.caf_id, site.name FROM site JOIN agent ON agent.site_id = site.id")
    ).all()
    for site_id, caf_id, name in sites:
        convention = _insert(bind, "convention", caf_id=caf_id, structure=name, siret="")
        contract = _insert(bind, "contract", convention_id=convention, label="Contrat à compléter")
        group = _insert(bind, "habilitation_group", contract_id=contract, name=name, services="")
        bind.execute(
            sa.text("INSERT INTO group_site (group_id, site_id) VALUES (:group, :site)"),
            {"group": group, "site": site_id},
        )
        bind.execute(
            sa.text(
                "INSERT INTO membership (group_id, agent_id, starts_on) "
                "SELECT :group, id, 0 FROM agent WHERE site_id = :site"
            ),
            {"group": group, "site": site_id},
        )
    _seat_administrators(bind)


def _seat_administrators(bind) -> None:
    """`starts_on` 0 above is 1970: they were there before anything was dated."""
    rows = bind.execute(
        sa.text(
            "SELECT agent.id, COALESCE(site.caf_id, 0) FROM agent LEFT JOIN site ON site.id = agent.site_id "
            "WHERE agent.role = 'administrateur' AND agent.active ORDER BY agent.id"
        )
    ).all()
    taken: dict[int, int] = {}
    for agent_id, caf_id in rows:
        rank = taken[caf_id] = taken.get(caf_id, 0) + 1
        if rank <= 2:
            seat = f"{caf_id}:{('principal', 'suppleant')[rank - 1]}"
            bind.execute(sa.text("UPDATE agent SET admin_seat = :seat WHERE id = :id"), {"seat": seat, "id": agent_id})


def _insert(bind, table: str, **values) -> int:
    """The number of the new row."""
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id"  # noqa: S608 (our own names)
    return bind.execute(sa.text(statement), values).scalar_one()


def downgrade() -> None:
    raise NotImplementedError("rights would come from nowhere: put the copy made before the migration back")
