"""Signatures: valid only with the secret, and only for a short time."""

import pytest

from activities.adapters.hmac_signatures import WINDOW_SECONDS, BadSignature, sign, signed_at

SECRET, BODY, NOW = b"a secret", b'{"account": "acme"}', 1_767_225_600


def test_a_signature_is_accepted() -> None:
    header = sign(SECRET, BODY, NOW)
    # Computed with openssl dgst -sha256 -hmac "a secret".
    hexadecimal = "0f377ebd4ec92d6760efb8b6fb266484d0f9b5c0018d99fe456e169e2c8c3611"
    assert header == f"t=1767225600,v1={hexadecimal}"
    assert signed_at(SECRET, BODY, header, NOW) == NOW


@pytest.mark.parametrize("age", [WINDOW_SECONDS, -WINDOW_SECONDS, 0])
def test_a_signature_is_valid_within_its_window(age: int) -> None:
    assert signed_at(SECRET, BODY, sign(SECRET, BODY, NOW - age), NOW) == NOW - age


@pytest.mark.parametrize("age", [WINDOW_SECONDS + 1, -WINDOW_SECONDS - 1])
def test_a_signature_is_refused_outside_its_window(age: int) -> None:
    with pytest.raises(BadSignature, match=r"signed [+-]301 seconds ago"):
        signed_at(SECRET, BODY, sign(SECRET, BODY, NOW - age), NOW)


def test_a_secret_can_be_replaced_while_both_are_in_use() -> None:
    old, new = (sign(secret, BODY, NOW) for secret in (b"old", b"new"))
    both = f"{old},{new.partition(',')[2]}"
    assert signed_at(b"old", BODY, both, NOW) == signed_at(b"new", BODY, both, NOW) == NOW


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "there is no Desk-Signature"),
        ("", "not of the form"),
        ("t=1767225600", "not of the form"),
        (f"v1={'0' * 64},t={NOW}", "not of the form"),
        (f"t={NOW},v1={'0' * 63}", "not of the form"),
        (f"t={NOW},v1={'é' * 64}", "not of the form"),
        (f"t={NOW}" + f",v1={'0' * 64}" * 5, "not of the form"),
        (f"t={NOW},v1={'0' * 64}", "does not match"),
        (sign(b"another", BODY, NOW), "does not match"),
        (sign(SECRET, BODY + b" ", NOW), "does not match"),
        (sign(SECRET, BODY, NOW - 1).replace(str(NOW - 1), str(NOW)), "does not match"),
    ],
)
def test_any_other_header_is_refused(header: str | None, reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        signed_at(SECRET, BODY, header, NOW)
