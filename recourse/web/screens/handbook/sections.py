"""What every page of the handbook draws: the chosen section as tables, and the way between sections."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from recourse.handbook.policy.outline import Section, outline, section_keys
from recourse.handbook.policy.rules import Rules
from recourse.kit.errors import NotVisible
from recourse.web import parts
from recourse.web.door import DeskRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """One section with the tabs to the others. `edit_href` is empty where nothing can be edited."""

    tabs: parts.Tabs
    section: Section
    is_compared: bool
    edit_href: str = ""


def shown(
    request: DeskRequest, rules: Rules, before: Rules | None = None, *, edit_href: str = "", **kept: str
) -> Shown:
    """Return the section that the address asks for (the first, unless said), beside an earlier handbook if given.

    `kept` stays in the address of every tab.
    """
    wanted = request.GET.get("section", section_keys()[0])
    if wanted not in section_keys():
        raise NotVisible
    sections = outline(rules, before, _)
    tabs = [
        parts.Tab(
            section.title,
            "?" + urlencode({**kept, "section": section.key}),
            section.key == wanted,
            len(section.changes) if section.changes else None,
        )
        for section in sections
    ]
    chosen = next(section for section in sections if section.key == wanted)
    return Shown(parts.Tabs(_("Parts of the handbook"), tabs), chosen, before is not None, edit_href)
