"""Who does something: the `by=` of every verb and the `viewer=` of every question."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.errors import Refused


class ActorKind(StrEnum):
    """The kinds of actor that the record knows."""

    STAFF = "staff"
    API_KEY = "api_key"
    CUSTOMER = "customer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts or looks, with the rights held at this moment.

    `id` stands on the record; `staff_id` is the person behind a staff session or an API key;
    `case_id` is the only case that a customer may see.
    """

    kind: ActorKind
    id: str
    staff_id: UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    team_ids: frozenset[UUID] = field(default_factory=frozenset)
    on_behalf_of: UUID | None = None
    case_id: UUID | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind the act."""
        return self.kind is ActorKind.SYSTEM

    def can(self, permission: str) -> bool:
        """Tell whether the actor holds a right."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse unless the actor holds a right."""
        if not self.can(permission):
            raise Refused(
                "permission.missing",
                _("You do not have the right “%(permission)s”. An administrator can give it.")
                % {"permission": permission},
                is_permission=True,
            )

    def for_someone(self, staff_id: UUID) -> "Actor":
        """Return the same actor, acting on behalf of another member of staff."""
        return replace(self, on_behalf_of=staff_id)


def system(name: str) -> Actor:
    """Return the actor for an act of the system itself, such as `system("clocks")`."""
    return Actor(kind=ActorKind.SYSTEM, id=f"system:{name}")


def customer(customer_id: UUID, *, case_id: UUID) -> Actor:
    """Return the actor for a customer who holds the signed link of one case."""
    return Actor(kind=ActorKind.CUSTOMER, id=f"customer:{customer_id}", case_id=case_id)
