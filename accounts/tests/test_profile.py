"""The profile: form, action, and the checks of each field."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.actions.change_language import change_language
from accounts.actions.update_profile import update_profile
from accounts.choices import country_choices, country_name, time_zone_choices
from accounts.errors import LanguageUnknown, MayNotManagePerson
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.phones import parse_phone, readable_phone
from accounts.tests.factories import make_person
from accounts.tests.pictures import picture
from accounts.validators import validate_country, validate_name, validate_phone, validate_time_zone
from core.models import AuditEntry

GOOD = {
    "name": "Awa Ndiaye",
    "bio": "I teach Python in Yaoundé.",
    "country": "CM",
    "currency": "EUR",
    "phone": "6 50 12 34 56",
    "time_zone": "Africa/Douala",
    "language": "fr",
}


@pytest.mark.django_db
def test_form_saves_everything(media_root):
    person = make_person()
    form = ProfileForm(GOOD, {"avatar": SimpleUploadedFile("me.png", picture())}, instance=person)
    assert form.is_valid(), form.errors
    form.save(actor=person)
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in GOOD} == {**GOOD, "phone": "+237650123456"}
    assert person.avatar.name.endswith(".webp")
    assert not AuditEntry.objects.filter(verb="accounts.profile_changed").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "https://example.com"),
        ("bio", "x" * 2001),
        ("country", "XX"),
        ("country", "cm"),
        ("phone", "123"),
        ("phone", "+237 000 000 000"),
        ("phone", "call me"),
        ("time_zone", "Mars/Olympus"),
        ("currency", "JPY"),
        ("currency", "xaf"),
        ("language", "tlh"),
    ],
)
def test_form_refuses_at_the_field_and_leaves_the_person_alone(field, value):
    person = make_person(name="Before")
    form = ProfileForm({**GOOD, field: value}, instance=person)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    # The page around the form shows request.user: that one must not have changed either.
    assert (person.name, person.bio, person.country, person.phone) == ("Before", "", "", "")
    assert User.objects.get(pk=person.pk).name == "Before"


@pytest.mark.django_db
def test_currency_and_time_zone_may_be_left_open():
    person = make_person()
    update_profile(actor=person, person=person, currency="NGN", time_zone="Africa/Lagos")
    form = ProfileForm({**GOOD, "currency": "", "time_zone": ""}, instance=person)
    assert form.is_valid(), form.errors
    form.save(actor=person)
    person.refresh_from_db()
    assert (person.currency, person.time_zone) == ("", "")


@pytest.mark.django_db
def test_currencies_are_those_of_the_setting_with_their_names():
    with translation.override("fr"):
        choices = ProfileForm(instance=make_person()).fields["currency"].choices
    assert [code for code, _name in choices] == ["", "XAF", "XOF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR"]
    assert dict(choices)["XAF"] == "XAF – franc CFA (BEAC)"


@pytest.mark.django_db
def test_form_shows_the_phone_in_groups_and_reads_it_back():
    person = make_person()
    update_profile(actor=person, person=person, phone="+237650123456")
    form = ProfileForm(instance=person)
    assert form.initial["phone"] == "+237 6 50 12 34 56"
    again = ProfileForm({**GOOD, "phone": form.initial["phone"], "country": ""}, instance=person)
    assert again.is_valid(), again.errors
    assert again.cleaned_data["phone"] == "+237650123456"


@pytest.mark.django_db
def test_picture_is_replaced_and_removed_with_its_file(media_root, django_capture_on_commit_callbacks):
    person = make_person()

    def save(data, files):
        form = ProfileForm(data, files, instance=User.objects.get(pk=person.pk))
        assert form.is_valid(), form.errors
        with django_capture_on_commit_callbacks(execute=True):
            return form.save().avatar.name

    first = save(GOOD, {"avatar": SimpleUploadedFile("a.png", picture())})
    assert save(GOOD, {}) == first
    second = save(GOOD, {"avatar": SimpleUploadedFile("b.png", picture(color="blue"))})
    assert [file.name for file in media_root.rglob("*.webp")] == [second.rpartition("/")[2]]
    assert save({**GOOD, "avatar-clear": "on"}, {}) == ""
    assert list(media_root.rglob("*.webp")) == []


@pytest.mark.django_db
def test_form_reports_a_bad_picture_at_the_field(media_root):
    form = ProfileForm(GOOD, {"avatar": SimpleUploadedFile("me.png", b"<svg onload=alert(1)>")}, instance=make_person())
    assert not form.is_valid()
    assert form.errors["avatar"].as_data()[0].code == "picture_unreadable"
    assert list(media_root.iterdir()) == []


@pytest.mark.django_db
def test_others_may_not_change_a_profile():
    person = make_person(name="Mine")
    for actor in (make_person(), make_person(roles=["instructor"]), make_person(roles=["support"])):
        with pytest.raises(MayNotManagePerson):
            update_profile(actor=actor, person=person, name="Theirs")
        with pytest.raises(MayNotManagePerson):
            change_language(actor=actor, person=person, language="fr")
    person.refresh_from_db()
    assert (person.name, person.language) == ("Mine", "")


@pytest.mark.django_db
def test_administrators_change_it_and_it_is_written_down():
    administrator, person = make_person(roles=["administrator"]), make_person()
    update_profile(actor=administrator, person=person, name="Corrected", country="SN")
    entry = AuditEntry.objects.get(verb="accounts.profile_changed")
    assert (entry.actor, entry.facts) == (administrator, {"fields": ["country", "name"]})


@pytest.mark.django_db
def test_action_checks_what_it_writes():
    person = make_person()
    with pytest.raises(ValidationError):
        update_profile(actor=person, person=person, phone="0650")
    with pytest.raises(TypeError):
        update_profile(actor=person, person=person, is_superuser="1")
    with pytest.raises(LanguageUnknown):
        change_language(actor=person, person=person, language="xx")
    assert change_language(actor=person, person=person, language="fr").language == "fr"


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("6 50 12 34 56", "CM", "+237650123456"),
        ("+237 6 50 12 34 56", "", "+237650123456"),
        ("00237650123456", "FR", "+237650123456"),
        ("0803 123 4567", "NG", "+2348031234567"),
        ("07 01 23 45 67", "CI", "+2250701234567"),
        ("", "CM", ""),
        ("   ", "", ""),
    ],
)
def test_phones_as_people_write_them(text, country, number):
    assert parse_phone(text, country) == number


def test_local_phone_without_a_country_asks_for_it():
    with pytest.raises(ValidationError) as refused:
        parse_phone("650123456")
    assert refused.value.code == "phone_country"


def test_readable_phone():
    assert readable_phone("+237650123456") == "+237 6 50 12 34 56"
    assert readable_phone("nonsense") == "nonsense"


@pytest.mark.parametrize("name", ["Awa", "N'Golo Kanté", "محمد", "李小龍", "नेहा", "Ọlá-Olúwa", "Anne Marie d’Arc", "O"])
def test_names_of_all_scripts(name):
    validate_name(name)


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\u202eb", "a\u200bb", "x <b>", "a@b", "HTTP://x", "www.x", "- -"])
def test_names_that_are_none(name):
    with pytest.raises(ValidationError):
        validate_name(name)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (validate_phone, "+2348031234567", "08031234567"),
        (validate_country, "NG", "ng"),
        (validate_time_zone, "Africa/Lagos", "Lagos"),
    ],
)
def test_validators(check, good, bad):
    check(good)
    with pytest.raises(ValidationError):
        check(bad)


def test_countries_are_named_and_sorted_in_the_readers_language():
    french = country_choices("fr")
    assert len(french) == len(country_choices("en")) == 249
    names = [name for _code, name in french]
    assert ("EG", "Égypte") in french
    assert names.index("Égypte") < names.index("France") < names.index("Zimbabwe")
    assert country_name("CM", "fr") == "Cameroun"
    assert country_name("CM", "en") == "Cameroon"
    assert country_name("", "en") == ""


def test_time_zones_by_region_with_their_distance_from_utc():
    with translation.override("en"):
        groups = dict(time_zone_choices())
    assert next(iter(groups.values())) == [("UTC", "UTC")]
    assert ("Africa/Douala", "Douala (UTC+01:00)") in groups["Africa"]
    assert ("Asia/Kathmandu", "Kathmandu (UTC+05:45)") in groups["Asia"]
