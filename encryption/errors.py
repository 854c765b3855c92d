"""Why a payload cannot be encrypted or decrypted. No message contains a key or a payload."""


class EncryptionError(Exception):
    """A payload cannot be encrypted or decrypted. A worker repeats the task until it can."""


class InvalidMasterKeys(EncryptionError):
    """The file of master keys cannot be used."""


class MasterKeyMissing(EncryptionError):
    """A data key is wrapped by a master key that is not in the file."""

    def __init__(self, master: str) -> None:
        super().__init__(
            f"a data key is wrapped by the master key {master!r}, which is not in the file of "
            "master keys of this process"
        )


class MasterKeysUnavailable(EncryptionError):
    """The key management service does not respond. A later attempt may succeed."""


class DataKeyUnknown(EncryptionError):
    """The key store does not have a data key."""

    def __init__(self, id: str) -> None:
        super().__init__(
            f"the key store does not have the data key {id!r}; all processes must use the store "
            "in which it was created"
        )


class Undecryptable(EncryptionError):
    """A ciphertext is damaged, of another workflow, or encrypted with another key."""


class DataKeyDestroyed(EncryptionError):
    """The data keys of a workflow were destroyed, so nobody can read its history."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"the data key of {scope} was destroyed, so its data can no longer be read"
        )
        self.scope = scope
