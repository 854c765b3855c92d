"""A key management service for tests, with the API and the rules of Vault's transit engine."""

import asyncio
import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.activities.adapters.http_servers import Receive, Send

NAME = "desk"
PATH = "/v1/transit"


class TransitServer:
    """One key with versions. It answers as told, or not at all."""

    def __init__(self) -> None:
        self.token = "s.first"
        self.versions = {1: AESGCM(os.urandom(32))}
        self.answers: list[int] = []
        """Statuses of the next responses, whatever the request."""
        self.replaced: bytes | None = None
        """What is encrypted in place of what was given."""
        self.answering = asyncio.Event()
        self.answering.set()
        self.requests: list[tuple[str, str, dict[str, Any]]] = []

    def rotate(self) -> None:
        """A new version, which is the latest."""
        self.versions[max(self.versions) + 1] = AESGCM(os.urandom(32))

    def remove(self, version: int) -> None:
        """As `min_decryption_version` and `trim` do."""
        del self.versions[version]

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        asked = json.loads(body) if body else {}
        self.requests.append((scope["method"], scope["path"], asked))
        await self.answering.wait()
        headers = dict(scope["headers"])
        status, answer = self._answer(scope["method"], scope["path"], headers, asked)
        kinds = [(b"content-type", b"application/json")]
        if status == 307:
            kinds.append((b"location", b"http://127.0.0.1:9/elsewhere"))
        await send({"type": "http.response.start", "status": status, "headers": kinds})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(
        self, method: str, path: str, headers: dict[bytes, bytes], asked: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if self.answers:
            return self.answers.pop(0), {"errors": ["as told"]}
        if headers.get(b"x-vault-token") != self.token.encode():
            return 403, {"errors": ["permission denied"]}
        match method, path.removeprefix(PATH):
            case "GET", "/keys/desk":
                return 200, {"data": {"name": NAME, "latest_version": max(self.versions)}}
            case "POST", "/encrypt/desk":
                return self._encrypted(asked)
            case "POST", "/decrypt/desk":
                return self._decrypted(asked)
        return 404, {"errors": []}

    def _encrypted(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        version = asked.get("key_version") or max(self.versions)
        if version not in self.versions:
            return 400, {"errors": ["requested version for encryption is not available"]}
        nonce = os.urandom(12)
        plain = self.replaced or base64.b64decode(asked["plaintext"])
        bound_to = base64.b64decode(asked.get("associated_data", ""))
        sealed = nonce + self.versions[version].encrypt(nonce, plain, bound_to)
        ciphertext = f"vault:v{version}:{base64.b64encode(sealed).decode()}"
        return 200, {"data": {"ciphertext": ciphertext, "key_version": version}}

    def _decrypted(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        _, version, text = asked["ciphertext"].split(":")
        cipher = self.versions.get(int(version[1:]))
        if cipher is None:
            return 400, {"errors": ["ciphertext or signature version is disallowed by policy"]}
        sealed = base64.b64decode(text)
        try:
            bound_to = base64.b64decode(asked.get("associated_data", ""))
            plain = cipher.decrypt(sealed[:12], sealed[12:], bound_to)
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}
