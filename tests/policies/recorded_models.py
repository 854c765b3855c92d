"""The models of a package: whether they can be changed, and which defaults are on or not zero."""

import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel


def changeable(package: str) -> set[str]:
    """The names of the models that are not frozen."""
    return {m.__name__ for m in _models(package) if not m.model_config.get("frozen")}


def set_by_default(package: str) -> dict[str, object]:
    """The flags and numbers that are on, or not zero, if they are not stated."""
    return {
        f"{model.__name__}.{name}": field.default
        for model in _models(package)
        for name, field in model.model_fields.items()
        if isinstance(field.default, int | Decimal) and field.default
    }


def _models(package: str) -> Iterator[type[BaseModel]]:
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        for each in vars(importlib.import_module(found.name)).values():
            is_model = isinstance(each, type) and issubclass(each, BaseModel)
            if is_model and each.__module__ == found.name:
                yield each
