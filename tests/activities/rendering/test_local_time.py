"""Times in letters: the reader's own zone and language, and the zone always named."""

import pytest

from activities.rendering.local_time import LocalTime

DUE = "2027-01-15T19:00:00Z"


@pytest.mark.parametrize(
    ("zone", "locale", "shown"),
    [
        ("America/New_York", "en", "Friday 15 January 2027, 14:00 EST"),
        ("America/New_York", "en-US", "Friday, January 15, 2027, 2:00 PM EST"),
        ("Europe/Paris", "fr", "vendredi 15 janvier 2027 à 20¤h (heure de Paris)"),
        ("America/New_York", "fr-FR", "vendredi 15 janvier 2027 à 14¤h (heure de New York)"),
        ("America/Sao_Paulo", "fr", "vendredi 15 janvier 2027 à 16¤h (heure de São Paulo)"),
        ("Africa/Abidjan", "fr", "vendredi 15 janvier 2027 à 19¤h (heure d’Abidjan)"),
        ("UTC", "fr", "vendredi 15 janvier 2027 à 19¤h (UTC)"),
        ("Europe/Stockholm", "de_DE", "Freitag, 15. Januar 2027, 20:00 CET"),
        ("America/Sao_Paulo", "en", "Friday 15 January 2027, 16:00 UTC-03:00"),
        ("Asia/Kathmandu", "en", "Saturday 16 January 2027, 00:45 UTC+05:45"),
        ("UTC", "en", "Friday 15 January 2027, 19:00 UTC"),
    ],
)
def test_an_instant_is_local_to_the_reader_and_names_its_zone(
    zone: str, locale: str, shown: str
) -> None:
    assert LocalTime(zone, locale).instant(DUE) == shown.replace("¤", "\N{NO-BREAK SPACE}")


def test_summer_time_is_named_as_such() -> None:
    assert LocalTime("America/New_York", "en").instant("2027-07-15T19:00:00Z").endswith("15:00 EDT")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Africa/Cairo", "22¤h (heure du Caire)"),
        ("America/Havana", "15¤h (heure de La Havane)"),
        ("Atlantic/Canary", "20¤h (heure des îles Canaries)"),
        ("Europe/Isle_of_Man", "20¤h (heure de l’île de Man)"),
        ("Europe/London", "20¤h (heure de Londres)"),
        ("Asia/Kathmandu", "1¤h¤45 (heure de Katmandou)"),
        ("Etc/GMT+5", "15¤h (UTC−05:00)"),
    ],
)
def test_a_french_time_names_the_city_of_its_zone(zone: str, shown: str) -> None:
    written = LocalTime(zone, "fr").instant("2027-01-15T20:00:00Z").partition(" à ")[2]
    assert written == shown.replace("¤", "\N{NO-BREAK SPACE}")


def test_a_time_that_occurs_twice_in_a_french_night_has_its_offset() -> None:
    paris = LocalTime("Europe/Paris", "fr")
    assert paris.instant("2027-10-31T00:30:00Z").endswith("(heure de Paris, UTC+02:00)")
    assert paris.instant("2027-10-31T01:30:00Z").endswith("(heure de Paris, UTC+01:00)")
    assert paris.instant("2027-10-31T02:30:00Z").endswith("(heure de Paris)")


def test_the_first_of_a_month_is_the_premier_in_french() -> None:
    assert LocalTime("UTC", "fr").day("2027-01-01") == "vendredi 1er janvier 2027"
    assert LocalTime("UTC", "fr").day("2027-01-11") == "lundi 11 janvier 2027"
    assert LocalTime("UTC", "fr").instant("2027-02-01T08:00:00Z").startswith("lundi 1er février")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_reads_as_utc_and_says_so(zone: str) -> None:
    assert LocalTime(zone, "en").instant(DUE) == "Friday 15 January 2027, 19:00 UTC"


@pytest.mark.parametrize("locale", ["", "tlh", "not a locale", "en_EN_EN_EN", "../fr"])
def test_an_unknown_locale_reads_as_english(locale: str) -> None:
    assert LocalTime("UTC", locale).day("2027-01-15") == "Friday 15 January 2027"


def test_a_naive_time_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        LocalTime("UTC", "en").instant("2027-01-15T19:00:00")


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        ("PT2H5M", "2 hours 5 minutes"),
        ("P1DT2H", "1 day 2 hours"),
        ("3 business hours", "3 business hours"),
        ("Pretty late", "Pretty late"),
    ],
)
def test_a_duration_is_said_in_words_and_other_text_is_left_alone(
    duration: str, shown: str
) -> None:
    assert LocalTime("UTC", "en").duration(duration) == shown
