"""The password rule of the people room, as Django asks for it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from recourse.people.actions import fault_sentence
from recourse.people.policy import LONG, least_length
from recourse.people.queries import faults_of, has_second_factor


class LongAndUnguessable:
    """Fifteen characters alone, eight beside a second factor, nothing that a guesser tries first."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError with every reason why a password is not taken."""
        staff_id = user.pk if user is not None else None
        faults = faults_of(password, staff_id=staff_id)
        if faults:
            has_factor = staff_id is not None and has_second_factor(staff_id)
            sentences = [fault_sentence(fault, has_second_factor=has_factor) for fault in faults]
            raise ValidationError([ValidationError(sentence, code="password") for sentence in sentences])

    def get_help_text(self) -> str:
        """Return the rule in words."""
        told = _("At least %(long)d characters; %(short)d are enough once a second factor protects the account.")
        return told % {"long": LONG, "short": least_length(has_second_factor=True)}
