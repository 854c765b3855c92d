"""Times as French writes them: `11 h 59 (heure de Paris)`.

An abbreviation such as CET says nothing to most readers, so the zone is named after its city.
"""

import re
from datetime import datetime

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_CITIES = {
    "Africa/Addis_Ababa": "Addis-Abeba",
    "Africa/Algiers": "Alger",
    "Africa/Cairo": "Le Caire",
    "Africa/El_Aaiun": "Laâyoune",
    "Africa/Lome": "Lomé",
    "Africa/Mogadishu": "Mogadiscio",
    "Africa/Ndjamena": "N’Djamena",
    "Africa/Sao_Tome": "São Tomé",
    "America/Asuncion": "Asunción",
    "America/Barbados": "La Barbade",
    "America/Cancun": "Cancún",
    "America/Curacao": "Curaçao",
    "America/Detroit": "Détroit",
    "America/Havana": "La Havane",
    "America/Jamaica": "Jamaïque",
    "America/Mexico_City": "Mexico",
    "America/Port_of_Spain": "Port-d’Espagne",
    "America/Puerto_Rico": "Porto Rico",
    "America/Santo_Domingo": "Saint-Domingue",
    "America/Sao_Paulo": "São Paulo",
    "America/St_Barthelemy": "Saint-Barthélemy",
    "America/St_Johns": "Saint-Jean de Terre-Neuve",
    "America/St_Lucia": "Sainte-Lucie",
    "Asia/Baghdad": "Bagdad",
    "Asia/Bahrain": "Bahreïn",
    "Asia/Baku": "Bakou",
    "Asia/Beirut": "Beyrouth",
    "Asia/Damascus": "Damas",
    "Asia/Dhaka": "Dacca",
    "Asia/Dubai": "Dubaï",
    "Asia/Ho_Chi_Minh": "Hô-Chi-Minh-Ville",
    "Asia/Jerusalem": "Jérusalem",
    "Asia/Kabul": "Kaboul",
    "Asia/Kathmandu": "Katmandou",
    "Asia/Kolkata": "Calcutta",
    "Asia/Kuwait": "Koweït",
    "Asia/Macau": "Macao",
    "Asia/Manila": "Manille",
    "Asia/Muscat": "Mascate",
    "Asia/Nicosia": "Nicosie",
    "Asia/Riyadh": "Riyad",
    "Asia/Seoul": "Séoul",
    "Asia/Singapore": "Singapour",
    "Asia/Tashkent": "Tachkent",
    "Asia/Tbilisi": "Tbilissi",
    "Asia/Tehran": "Téhéran",
    "Asia/Ulaanbaatar": "Oulan-Bator",
    "Asia/Yangon": "Rangoun",
    "Asia/Yekaterinburg": "Ekaterinbourg",
    "Asia/Yerevan": "Erevan",
    "Atlantic/Azores": "Açores",
    "Atlantic/Bermuda": "Bermudes",
    "Atlantic/Canary": "Îles Canaries",
    "Atlantic/Faroe": "Îles Féroé",
    "Atlantic/Madeira": "Madère",
    "Australia/Adelaide": "Adélaïde",
    "Europe/Andorra": "Andorre",
    "Europe/Athens": "Athènes",
    "Europe/Brussels": "Bruxelles",
    "Europe/Bucharest": "Bucarest",
    "Europe/Copenhagen": "Copenhague",
    "Europe/Guernsey": "Guernesey",
    "Europe/Isle_of_Man": "Île de Man",
    "Europe/Kyiv": "Kiev",
    "Europe/Lisbon": "Lisbonne",
    "Europe/London": "Londres",
    "Europe/Malta": "Malte",
    "Europe/Moscow": "Moscou",
    "Europe/San_Marino": "Saint-Marin",
    "Europe/Vatican": "Le Vatican",
    "Europe/Vienna": "Vienne",
    "Europe/Warsaw": "Varsovie",
    "Indian/Comoro": "Comores",
    "Indian/Mahe": "Mahé",
    "Indian/Mauritius": "Maurice",
    "Indian/Reunion": "La Réunion",
    "Pacific/Fiji": "Fidji",
    "Pacific/Marquesas": "Marquises",
    "Pacific/Noumea": "Nouméa",
}
"""Cities that are called otherwise in French than in the name of their zone."""
_PLURAL = ("Açores", "Bermudes", "Comores", "Fidji", "Maldives", "Marquises")
_VOWELS = "aàâeéèêiîoôuh"


def time_of_day(local: datetime) -> str:
    """A local time with its zone. A time that occurs twice in a night also has its offset."""
    clock = f"{local.hour}{_NO_BREAK_SPACE}h"
    if local.minute:
        clock += f"{_NO_BREAK_SPACE}{local.minute:02d}"
    return f"{clock} ({_zone(local)})"


def city_time(zone: str) -> str:
    """A zone by its city: `heure de Londres`."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"heure {_of(_CITIES.get(zone, city))}"


def _zone(local: datetime) -> str:
    area = str(local.tzinfo).rpartition("/")[0]
    if not area or area == "Etc":
        return _offset(local)
    named = city_time(str(local.tzinfo))
    return f"{named}, {_offset(local)}" if _is_repeated(local) else named


def _of(city: str) -> str:
    """The city after `heure`, with the article that the name takes."""
    if city.startswith("Le "):
        return f"du {city.removeprefix('Le ')}"
    if city.startswith("Îles ") or city in _PLURAL:
        return f"des {city[0].lower() if city.startswith('Îles') else city[0]}{city[1:]}"
    if city.startswith("Île "):
        return f"de l’{city[0].lower()}{city[1:]}"
    return f"d’{city}" if city[0].lower() in _VOWELS else f"de {city}"


def _offset(local: datetime) -> str:
    offset = re.sub(r"^\+00:00$", "", local.isoformat(timespec="minutes")[16:])
    return "UTC" + offset.replace("-", "\N{MINUS SIGN}")


def _is_repeated(local: datetime) -> bool:
    return _offset(local.replace(fold=0)) != _offset(local.replace(fold=1))
