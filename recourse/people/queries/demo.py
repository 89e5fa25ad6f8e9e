"""The demo company's staff, for the page that says how to sign in; nobody on a real desk."""

from recourse.people.models import Staff
from recourse.people.policy.demo import ABOUT, DEMO_DOMAIN, DEMO_PASSWORD

__all__ = ["DEMO_DOMAIN", "DEMO_PASSWORD", "demo_staff"]


def demo_staff() -> list[dict[str, str]]:
    """Return name, address, role, teams and duty of the active demo staff, by role; empty without a demo."""
    rows = Staff.objects.filter(is_active=True, email__endswith=f"@{DEMO_DOMAIN}").order_by("joined_at", "id")
    found = []
    for staff in rows.prefetch_related("grants__role", "memberships__team"):
        role = ", ".join(grant.role.name for grant in staff.grants.all())
        teams = ", ".join(membership.team.name for membership in staff.memberships.all())
        found.append(
            {"name": staff.name, "email": staff.email, "role": role, "teams": teams, "about": ABOUT.get(role, "")}
        )
    return found
