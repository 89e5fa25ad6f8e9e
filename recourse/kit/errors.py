"""The ways in which Recourse says no. Doors turn each into one HTTP answer, once."""

from collections.abc import Mapping, Sequence


class RecourseError(Exception):
    """The root of every error that a person may be shown."""


class Refused(RecourseError):
    """A rule forbids the act: a sentence for the screen, a code for the API.

    `is_permission` tells a missing right (HTTP 403) from a state that does not allow the act (409).
    """

    def __init__(self, code: str, sentence: str, *, is_permission: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = str(sentence)
        self.is_permission = is_permission


class Invalid(RecourseError):
    """The input cannot be taken: field name → sentences (HTTP 422)."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = {name: [str(sentence) for sentence in sentences] for name, sentences in fields.items()}
        super().__init__("; ".join(f"{name}: {' '.join(said)}" for name, said in self.fields.items()))

    @classmethod
    def one(cls, field: str, sentence: str) -> "Invalid":
        """Build the error for a single field."""
        return cls({field: [sentence]})


class Stale(RecourseError):
    """Somebody changed the thing since it was read (HTTP 409); `current` is its version now."""

    def __init__(self, sentence: str, *, current: int | str) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.current = current


class NotVisible(RecourseError):
    """The thing is absent or hidden: both look the same (HTTP 404)."""


class Throttled(RecourseError):
    """Too many requests (HTTP 429); `retry_after` in seconds."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.retry_after = retry_after
