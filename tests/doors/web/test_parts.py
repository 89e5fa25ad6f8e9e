"""The typed parts: words for times, reasons on buttons that are off, three kinds of message, nothing unescaped."""

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template

from recourse.web import parts

NOW = dt.datetime(2026, 3, 13, 12, 0, tzinfo=dt.UTC)
NASTY = """<img src=x onerror="alert(1)">'"""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "now"),
        (59, "now"),
        (60, "in 1 min"),
        (-3_599, "59 min ago"),
        (3_600, "in 1 h"),
        (12_060, "in 3 h 21 min"),
        (36_000, "in 10 h"),
        (-90_000, "1 d 1 h ago"),
        (-86_400 * 5, "5 d ago"),
        (-86_400 * 20, "21 Feb 2026"),
    ],
)
def test_times_are_said_in_at_most_two_units_and_far_ones_as_a_date(seconds: int, said: str) -> None:
    assert parts.relative(NOW + dt.timedelta(seconds=seconds), now=NOW) == said


def test_a_moment_keeps_the_exact_instant_with_its_zone() -> None:
    html = str(parts.Moment(NOW, NOW))
    assert 'datetime="2026-03-13T12:00:00+00:00"' in html
    assert "13 Mar 2026, 12:00 UTC" in html


def test_a_stretch_within_one_day_says_the_day_once() -> None:
    assert parts.stretch(NOW, NOW + dt.timedelta(hours=2)) == "13 Mar 2026, 12:00–14:00 UTC"
    assert parts.stretch(NOW, NOW + dt.timedelta(hours=20)) == "13 Mar 2026, 12:00 UTC – 14 Mar 2026, 08:00 UTC"


@pytest.mark.parametrize("state", ["running", "paused", "warn", "breached", "met"])
def test_every_due_state_has_a_word_and_a_shape(state: str) -> None:
    html = str(parts.Due(NOW, NOW, state))
    assert "icons" in html
    assert any(word in html for word in ("due", "late", "met", "paused"))


def test_the_states_of_a_due_time_differ_without_colour() -> None:
    words = {parts.Due(NOW, NOW, state).word() for state in ("running", "paused", "warn", "breached", "met")}
    assert len(words) == 5


def test_a_button_that_is_off_can_still_be_reached_and_says_why() -> None:
    html = str(parts.Button("Accept", href="/gate/1/", reason="Only a gatekeeper can accept."))
    assert "href" not in html
    assert " disabled" not in html
    assert 'aria-disabled="true"' in html
    assert "Only a gatekeeper can accept." in html


def test_a_button_passes_on_what_htmx_needs() -> None:
    html = Template('{% load parts %}{% button "Go" hx_post="/go/" aria_controls="x" type="button" %}').render(
        Context()
    )
    assert 'hx-post="/go/"' in html
    assert 'aria-controls="x"' in html
    assert 'type="button"' in html


def test_initials_come_from_the_first_and_last_word_of_any_script() -> None:
    names = {"Ada Ferreira": "AF", "Cher": "C", "李 小龙": "李小", "": "·", "… !": "·", "ana maria costa": "AC"}
    assert {name: parts.Person(name).initials for name in names} == names


def test_what_people_typed_is_escaped_in_every_part() -> None:
    person = parts.Person(NASTY, role=NASTY, href=NASTY)
    moment = parts.Moment(NOW, NOW)
    drawn = [
        person,
        parts.Chip(NASTY, title=NASTY),
        parts.Diff(NASTY, NASTY, NASTY),
        parts.Money(NASTY, NASTY),
        parts.Button(NASTY, name=NASTY, value=NASTY, reason=NASTY),
        parts.Button(NASTY, href=NASTY, confirm=NASTY, key=NASTY),
        parts.Message("inbound", person, moment, NASTY, attachments=[parts.Attachment(NASTY, NASTY, NASTY)]),
        parts.TimelineEntry(NASTY, moment, NASTY, detail=NASTY),
        parts.CaseRow(NASTY, NASTY, NASTY, NASTY, parts.Due(NOW, NOW), viewers=[NASTY], why=NASTY, can_pick=True),
        parts.Toast(NASTY, undo_href=NASTY, fields={NASTY: NASTY}),
        parts.EmptyState(NASTY, NASTY, parts.Button(NASTY)),
        parts.Notice(NASTY, NASTY),
        parts.Stat(NASTY, NASTY, NASTY, NASTY, NASTY, NASTY),
        parts.Figure(NASTY, [parts.Bar(NASTY, 1, href=NASTY, note=NASTY)], unit=NASTY),
        parts.failure(422, NASTY, [NASTY], fields={NASTY: [NASTY]}, reference=NASTY),
    ]
    assert [part for part in map(str, drawn) if "<img" in part or 'onerror="' in part] == []


def test_an_internal_note_cannot_be_drawn_for_the_customer() -> None:
    note = parts.Message("note", parts.Person("Jonas"), parts.Moment(NOW, NOW), "inside", is_for_customer=True)
    with pytest.raises(KeyError):
        str(note)


def test_too_few_to_say_hides_the_number() -> None:
    html = str(parts.Stat("Accepted", "75 %", "20 %", "99 %", is_few=True))
    assert "too few to say" in html
    assert "75" not in html
    bars = str(parts.Figure("Accepted", [parts.Bar("Legal", None)]))
    assert "too few to say" in bars


def test_bars_begin_at_zero_and_never_leave_the_figure() -> None:
    figure = parts.Figure("x", [parts.Bar("a", 50, 40, 120), parts.Bar("b", -5)], scale=100)
    assert [(bar.width, bar.low, bar.high) for bar in figure.drawn] == [(50.0, 40.0, 100.0), (0.0, None, None)]


def test_the_summary_of_errors_names_each_field_and_leads_to_it() -> None:
    class Ask(forms.Form):
        subject = forms.CharField(label="Subject")

    form = Ask({})
    html = Template("{% load parts %}{{ form }}").render(Context({"form": form}))
    assert '<a href="#id_subject">Subject</a>' in html
    assert 'aria-describedby="id_subject_error"' in html
    assert 'id="id_subject_error"' in html
    assert 'aria-invalid="true"' in html
