"""What a person is known by has one form, and belongs to one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.customers import actions
from recourse.customers.models import Identity
from recourse.customers.policy import IdentityKind, NewIdentity, normal_identity
from recourse.customers.queries import customer_by_ref, find_by_identity, search_customers
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast

EMAIL, PHONE = IdentityKind.EMAIL, IdentityKind.PHONE


@pytest.mark.parametrize(
    ("kind", "value", "region", "expected"),
    [
        (EMAIL, " Jane.Doe@EXAMPLE.com ", None, "jane.doe@example.com"),
        (EMAIL, "jörg@bücher.example", None, "jörg@xn--bcher-kva.example"),
        (EMAIL, "no at sign", None, None),
        (EMAIL, "two@at@example.com", None, None),
        (EMAIL, "line\nbreak@example.com", None, None),
        (EMAIL, "<jane@example.com>", None, None),
        (EMAIL, f"{'x' * 250}@example.com", None, None),
        (PHONE, "(202) 555-0143", "US", "+12025550143"),
        (PHONE, "+44 20 7183 8750", None, "+442071838750"),
        (PHONE, "020 7183 8750", "GB", "+442071838750"),
        (PHONE, "020 7183 8750", None, None),
        (PHONE, "call me", "US", None),
        (IdentityKind.ACCOUNT, "noah_brown_6181", None, "noah_brown_6181"),
        (IdentityKind.EXTERNAL, "", None, None),
    ],
)
def test_each_kind_has_one_form(kind: IdentityKind, value: str, region: str | None, expected: str | None) -> None:
    assert normal_identity(kind, value, region=region) == expected


@given(kind=st.sampled_from(list(IdentityKind)), value=st.text(max_size=80))
def test_any_text_is_an_identity_or_none_and_its_form_is_stable(kind: IdentityKind, value: str) -> None:
    normal = normal_identity(kind, value, region="US")
    assert normal is None or normal_identity(kind, normal) == normal


def test_somebody_is_found_by_exactly_what_they_are_known_by(cast: Cast) -> None:
    assert find_by_identity(EMAIL, "JANE.DOE@example.com") == cast.jane
    assert find_by_identity(PHONE, "202-555-0143", region="US") == cast.jane
    assert find_by_identity(EMAIL, "jane.doe@example.co") is None
    assert find_by_identity(EMAIL, "jane") is None


def test_anothers_identity_is_refused_and_ones_own_again_is_the_same(cast: Cast) -> None:
    ada = cast.by("ada")
    new = NewIdentity(kind=EMAIL, value="Jane.Doe@example.com")
    with pytest.raises(Refused) as caught:
        actions.add_identity(cast.omar.pk, new, by=ada, at=AT)
    assert caught.value.code == "identity.taken"
    assert cast.jane.ref in caught.value.sentence
    with pytest.raises(Refused):
        actions.register(actions.NewCustomer(identities=[new]), by=ada, at=AT)
    assert actions.add_identity(cast.jane.pk, new, by=ada, at=AT).customer == cast.jane
    assert Identity.objects.filter(kind=EMAIL).count() == 2


def test_the_first_of_a_kind_comes_first_and_its_heir_after_it(cast: Cast) -> None:
    ada = cast.by("ada")
    second = actions.add_identity(cast.jane.pk, NewIdentity(kind=EMAIL, value="jd@example.net"), by=ada, at=AT)
    assert not second.is_primary
    first = Identity.objects.get(value="jane.doe@example.com")
    actions.remove_identity(first.pk, by=ada, at=AT)
    assert Identity.objects.get(pk=second.pk).is_primary
    with pytest.raises(Refused):
        actions.remove_identity(first.pk, by=ada, at=AT)
    assert find_by_identity(EMAIL, "jane.doe@example.com") is None
    again = actions.add_identity(cast.omar.pk, NewIdentity(kind=EMAIL, value="jane.doe@example.com"), by=ada, at=AT)
    assert actions.prefer_identity(again.pk, by=ada, at=AT).is_primary
    assert actions.verify_identity(again.pk, by=ada, at=AT).is_verified


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "english"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"preferred_channel": "pigeon"}, "preferred_channel"),
        ({"address": {"planet": "Mars"}}, "address"),
        ({"address": "Main Street"}, "address"),
        ({"name": "x" * 201}, "name"),
        ({"since_on": "yesterday"}, "since_on"),
        ({"number": 1}, "number"),
        ({"merged_into": None}, "merged_into"),
    ],
)
def test_a_profile_keeps_only_what_fits_it(cast: Cast, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        actions.edit_profile(cast.jane.pk, changes=changes, by=cast.by("ada"), at=AT)
    assert field in caught.value.fields


def test_a_profile_changes_with_its_words_and_its_version(cast: Cast) -> None:
    ada = cast.by("ada")
    edited = actions.edit_profile(cast.jane.pk, changes={"name": "Jane Roe", "language": "pt-BR"}, by=ada, at=AT)
    assert edited.version == cast.jane.version + 1
    assert list(search_customers("roe", viewer=ada)) == [cast.jane]
    assert list(search_customers("jane doe example.com", viewer=ada)) == [cast.jane]
    with pytest.raises(Stale):
        actions.edit_profile(cast.jane.pk, changes={"name": "X"}, by=ada, at=AT, seen=cast.jane.version)
    again = actions.edit_profile(cast.jane.pk, changes={"name": "Jane Roe"}, by=ada, at=AT)
    assert again.version == edited.version


@pytest.mark.parametrize("words", ["jane", "202 555 0143", "2025550143", "+12025550143", "jane.doe@example.com", "DOE"])
def test_somebody_is_found_by_words_however_written(cast: Cast, words: str) -> None:
    assert list(search_customers(words, viewer=cast.by("ada"))) == [cast.jane]
    assert list(search_customers(cast.jane.ref, viewer=cast.by("ada"))) == [cast.jane]


def test_without_the_right_nobody_is_found_nor_changed(cast: Cast) -> None:
    for nick in ("ana", "dan", "max"):
        assert not search_customers("jane", viewer=cast.by(nick)).exists()
        with pytest.raises(NotVisible):
            customer_by_ref(cast.jane.ref, viewer=cast.by(nick))
        with pytest.raises(NotVisible):
            actions.edit_profile(cast.jane.pk, changes={"name": "X"}, by=cast.by(nick), at=AT)
    with pytest.raises(Refused) as caught:
        actions.edit_profile(cast.jane.pk, changes={"name": "X"}, by=cast.by("fin"), at=AT)
    assert caught.value.is_permission


def test_no_personal_word_stands_in_an_event(cast: Cast) -> None:
    ada = cast.by("ada")
    actions.edit_profile(cast.jane.pk, changes={"name": "Janette", "address": {"city": "Lund"}}, by=ada, at=AT)
    actions.add_care_note(cast.jane.pk, text="Hard of hearing; write, do not call", by=ada, at=AT)
    actions.set_consent(cast.jane.pk, "survey", is_given=True, how="said so to Ada", by=ada, at=AT)
    told = " ".join(Entry.objects.filter(thread=cast.jane.thread).values_list("payload", flat=True)).lower()
    assert not [word for word in ("jane", "lund", "hearing", "2025550143", "example.com", "said") if word in told]


def test_care_notes_end_and_consent_counts_by_its_newest_word(cast: Cast) -> None:
    ada = cast.by("ada")
    note = actions.add_care_note(cast.jane.pk, text="Write, do not call", by=ada, at=AT)
    assert actions.end_care_note(note.pk, by=ada, at=AT).ended_at == AT
    with pytest.raises(Refused):
        actions.end_care_note(note.pk, by=ada, at=AT)
    with pytest.raises(Invalid):
        actions.add_care_note(cast.jane.pk, text="  ", by=ada, at=AT)
    for is_given in (True, True, False):
        actions.set_consent(cast.jane.pk, "survey", is_given=is_given, how="phone", by=ada, at=AT)
    assert cast.jane.consents.count() == 2
    assert actions.flag_vulnerable(cast.jane.pk, is_vulnerable=True, by=ada, at=AT, note="grief").is_vulnerable
    assert Entry.objects.filter(thread=cast.jane.thread, event="consent.withdrawn").count() == 1
    assert SYSTEM.is_system
