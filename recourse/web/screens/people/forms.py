"""The forms of People. They read what was typed; what may be is decided by the verbs."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from recourse.people.policy import AbsenceKind, Permission, TeamKind
from recourse.people.queries import active_staff, departments, describe

KINDS = {
    TeamKind.FRONT_LINE: _("Front line"),
    TeamKind.ADVANCED: _("Advanced resolution"),
    TeamKind.DEPARTMENT: _("Department"),
}
ABSENCES = {
    AbsenceKind.HOLIDAY: _("Holiday"),
    AbsenceKind.SICK: _("Sick"),
    AbsenceKind.TRAINING: _("Training"),
    AbsenceKind.BREAK: _("Break"),
    AbsenceKind.OTHER: _("Other"),
}
NOBODY = ("", "–")
NEAR = (MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2200, 1, 1)))


def day(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=NEAR, **more)


def zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


def everybody() -> list[tuple[str, str]]:
    """Return the active staff to choose from."""
    return [NOBODY, *((str(staff.pk), staff.name) for staff in active_staff())]


class Wide(forms.Form):
    """A form whose text fields take anything of a size that a request may have; verbs judge it."""

    use_required_attribute = False


class HireForm(Wide):
    """A new account."""

    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="UTC")
    same_person_as = forms.ChoiceField(
        label=_("Another account of the same person"),
        help_text=_("Two accounts of one person count as one wherever a second person is asked for."),
        required=False,
    )

    def __init__(self, *args: Any, roles: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "roles", [(name, name) for name in roles])
        choose(self, "department", [NOBODY, *((row.slug, row.name) for row in departments())])
        choose(self, "same_person_as", everybody())


class EditForm(Wide):
    """What an administrator changes of an account."""

    name = forms.CharField(label=_("Name"))
    email = forms.CharField(
        label=_("E-mail address"), widget=forms.EmailInput, help_text=_("Links sent to the old address stop working.")
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    work_in_progress_limit = forms.IntegerField(
        label=_("Cases at once"),
        help_text=_("Nothing for the team’s limit."),
        required=False,
        max_value=2_000_000_000,
        min_value=-2_000_000_000,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "department", [NOBODY, *((row.slug, row.name) for row in departments())])


class RoleForm(Wide):
    """A role of the company's own."""

    name = forms.CharField(label=_("Name"))
    permissions = forms.MultipleChoiceField(label=_("Rights"), widget=forms.CheckboxSelectMultiple, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "permissions", [(str(right), describe(right)) for right in Permission])


class TeamForm(Wide):
    """A team."""

    name = forms.CharField(label=_("Name"))
    kind = forms.ChoiceField(label=_("Where it stands"), choices=[(kind.value, said) for kind, said in KINDS.items()])
    department = forms.ChoiceField(label=_("Department"), required=False)
    is_walled = forms.BooleanField(
        label=_("Walled"), help_text=_("Its cases are seen by its members alone."), required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "department", [NOBODY, *((row.slug, row.name) for row in departments())])


class MemberForm(Wide):
    """Somebody who joins a team."""

    staff = forms.ChoiceField(label=_("Who joins"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "staff", everybody())


class NameForm(Wide):
    """A thing that has only a name: a department, a skill."""

    name = forms.CharField(label=_("Name"))


class SkillForm(Wide):
    """A skill of somebody."""

    skill = forms.ChoiceField(label=_("Skill"))
    level = forms.ChoiceField(
        label=_("Level"), choices=[(str(level), str(level)) for level in range(1, 6)], initial="3"
    )
    until_on = day(_("Through"), required=False, help_text=_("Nothing if it does not lapse."))

    def __init__(self, *args: Any, skills: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "skill", skills)


class AbsenceForm(Wide):
    """Some days away; whole days where the person lives."""

    staff = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ChoiceField(
        label=_("Why"),
        choices=[(kind.value, said) for kind, said in ABSENCES.items()],
        help_text=_("Seen by the person, the leads of their teams and administrators."),
    )
    from_on = day(_("First day"))
    through_on = day(_("Last day"))

    def __init__(self, *args: Any, is_own: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_own:
            del self.fields["staff"]
        else:
            choose(self, "staff", everybody())


class DelegationForm(Wide):
    """Somebody who acts for another, from a day through another."""

    giver = forms.ChoiceField(label=_("Who is away"), required=False)
    receiver = forms.ChoiceField(label=_("Who acts for them"))
    from_on = day(_("First day"))
    through_on = day(_("Last day"))

    def __init__(self, *args: Any, is_own: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_own:
            del self.fields["giver"]
        else:
            choose(self, "giver", everybody())
        choose(self, "receiver", everybody())


class KeyForm(Wide):
    """An API key."""

    name = forms.CharField(label=_("What it is for"))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("Never more than its owner may at that moment."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    through_on = day(_("Last day"), help_text=_("Within a year."))

    def __init__(self, *args: Any, rights: list[str], is_new: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "scopes", [(right, f"{describe(right)} ({right})") for right in rights])
        if not is_new:
            del self.fields["through_on"]


class ProfileForm(Wide):
    """What everybody sets for themself."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, help_text=_("Times are shown in it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class CloseForm(Wide):
    """Why an account is closed."""

    note = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)


def choose(form: forms.Form, field: str, choices: list[tuple[str, str]]) -> None:
    """Give a field of choices what there is to choose from now."""
    chooser = form.fields[field]
    if isinstance(chooser, forms.ChoiceField):
        chooser.choices = choices
