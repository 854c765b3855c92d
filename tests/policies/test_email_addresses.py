"""An address that is accepted can be mailed."""

from email.headerregistry import Address

import pytest

from policies.email_addresses import comparable, email_address
from policies.schema.contract import Contract


@pytest.mark.parametrize(
    ("given", "mailed"),
    [
        ("mia@example.com", "mia@example.com"),
        ("Mia.O'Hara+tag@Example.COM", "Mia.O'Hara+tag@Example.COM"),
        ("mia@bücher.example", "mia@xn--bcher-kva.example"),
        ("mia@BÜCHER.example", "mia@xn--bcher-kva.example"),
        ("mia@xn--bcher-kva.example", "mia@xn--bcher-kva.example"),
        ("mia@straße.example", "mia@xn--strae-oqa.example"),
        ("mia@例え.テスト", "mia@xn--r8jz45g.xn--zckzah"),
        ("mia@bücher。example", "mia@xn--bcher-kva.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_a_domain_is_converted_to_its_ascii_form(given: str, mailed: str) -> None:
    assert email_address(given) == mailed
    assert email_address(mailed) == mailed
    assert Address("Mia", addr_spec=mailed).addr_spec == mailed


@pytest.mark.parametrize(
    "given",
    [
        "mia",
        "mia@",
        "@example.com",
        "mia@two@example.com",
        "Mia <mia@example.com>",
        "mia@example.com, kim@example.com",
        "mia@example.com\r\nBcc: kim@example.com",
        "müller@example.com",
        ".mia@example.com",
        "mia..o@example.com",
        "mia.@example.com",
        f"{'m' * 65}@example.com",
        f"mia@{'e' * 64}.com",
        f"mia@{'e.' * 130}com",
        "mia@-example.com",
        "mia@example-.com",
        "mia@example..com",
        "mia@example.com.",
        "mia@ex_ample.com",
        "mia@192.0.2.1",
        "mia@[192.0.2.1]",
        "mia@xn--a.example",
        "mia@\u2603\ufe0f\u200d.example",
        f"{'m' * 60}@{'e' * 60}.{'e' * 60}.{'e' * 60}.{'e' * 20}.com",
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"is not an e-mail address|cannot be mailed|not a domain"):
        email_address(given)


@pytest.mark.parametrize(
    "user", ["mia@bücher.example", "*@BÜCHER.example", "MIA@xn--bcher-kva.example"]
)
def test_addresses_of_a_contract_are_compared_in_either_form(user: str) -> None:
    contract = Contract(account="a", name="A", policy="p", designated=(user,))
    assert contract.is_designated("mia@xn--bcher-kva.example")
    assert contract.is_designated("Mia@Bücher.example")
    assert not contract.is_designated("mia@buecher.example")


def test_what_is_no_address_is_compared_without_case() -> None:
    assert comparable("Not an address") == "not an address"
    assert comparable("Mia@-X-") == "mia@-x-"
