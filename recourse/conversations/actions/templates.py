"""Verbs of templates: made, changed, retired; every version is kept."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.conversations.events import TemplateEdited, TemplateMade, TemplateRetired
from recourse.conversations.models import Template, TemplateVersion
from recourse.conversations.policy.sentences import SENTENCES
from recourse.conversations.policy.templates import Field, fault_in
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_line, clean_text
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import open_thread, record

BODY_LIMIT = 20_000


@verb
def make_template(*, name: str, body: str, by: Actor, at: dt.datetime) -> Template:
    """Offer a new template. An unknown field, or a brace that is none, raises Invalid(body) with its position."""
    by.require(Permission.TEMPLATE_EDIT)
    made = Template(name=_name(name), body=_body(body), thread=open_thread("template"), changed_at=at)
    _save(made, is_new=True)
    _keep_version(made, by=by, at=at)
    record(TemplateMade(str(made.pk), made.version), thread=made.thread, by=by, at=at)
    return made


@verb
def edit_template(*, template_id: UUID, name: str, body: str, by: Actor, at: dt.datetime, seen: int) -> Template:
    """Change a template. Raises NotVisible, Stale where `seen` is not its version now, Invalid(name, body)."""
    by.require(Permission.TEMPLATE_EDIT)
    changed = _held(template_id)
    if seen != changed.version:
        raise Stale(_(SENTENCES["template.stale"]), current=changed.version)
    changed.name, changed.body = _name(name), _body(body)
    changed.version, changed.changed_at = changed.version + 1, at
    _save(changed, is_new=False)
    _keep_version(changed, by=by, at=at)
    record(TemplateEdited(str(changed.pk), changed.version), thread=changed.thread, by=by, at=at)
    return changed


@verb
def retire_template(*, template_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Offer a template no more. Raises NotVisible."""
    by.require(Permission.TEMPLATE_EDIT)
    retired = _held(template_id)
    Template.objects.filter(pk=retired.pk).update(is_active=False, changed_at=at)
    record(TemplateRetired(str(retired.pk)), thread=retired.thread, by=by, at=at)


def _held(template_id: UUID) -> Template:
    found: Template | None = locked(Template.objects.filter(pk=template_id, is_active=True)).first()
    if found is None:
        raise NotVisible
    return found


def _name(name: str) -> str:
    return clean_line(name, field="name", limit=120, is_required=True)


def _body(body: str) -> str:
    cleaned = clean_text(body, field="body", limit=BODY_LIMIT, is_required=True)
    if fault := fault_in(cleaned):
        raise Invalid.one(
            "body",
            _("Unknown field at character %(position)d: “%(found)s”. Known are %(known)s.")
            % {
                "position": fault.position,
                "found": fault.found,
                "known": ", ".join(f"{{{field.value}}}" for field in Field),
            },
        )
    return cleaned


def _save(template: Template, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            template.save(force_insert=is_new)
    except IntegrityError as error:
        raise Invalid.one("name", _("Another template has this name.")) from error


def _keep_version(template: Template, *, by: Actor, at: dt.datetime) -> None:
    TemplateVersion.objects.create(
        template=template,
        number=template.version,
        name=template.name,
        body=template.body,
        at=at,
        by_staff_id=by.staff_id,
    )
