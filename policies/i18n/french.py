"""Times as French writes them: `11 h 59 (heure de Paris)`.

An abbreviation such as CET says nothing to most readers, so the zone is named after its city.
"""

import re
from datetime import datetime

from babel import Locale

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Read at import: a workflow that refuses an action must not read a file by then.
_CITIES: dict[str, str] = {
    zone: names["city"] for zone, names in Locale.parse("fr").time_zones.items() if "city" in names
}
_PLURAL = ("Açores", "Bermudes", "Comores", "Fidji", "Maldives")
_VOWELS = "aàâeéèêiîoôuh"


def time_of_day(local: datetime) -> str:
    """A local time with its zone. A time that occurs twice in a night also has its offset."""
    clock = f"{local.hour}{_NO_BREAK_SPACE}h"
    if local.minute:
        clock += f"{_NO_BREAK_SPACE}{local.minute:02d}"
    return f"{clock} ({_zone(local)})"


def _zone(local: datetime) -> str:
    area, _, city = str(local.tzinfo).rpartition("/")
    if not area or area == "Etc":
        return _offset(local)
    named = _of(_CITIES.get(str(local.tzinfo), city.replace("_", " ")))
    return f"heure {named}, {_offset(local)}" if _is_repeated(local) else f"heure {named}"


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
