"""What can go wrong in this room. Every message is one sentence for a person and ends without a full stop."""


class ModelError(Exception):
    """Base of every error raised on purpose by `model`."""


class BadSample(ModelError):
    """A row that is not a sample; `field` is the key that was wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class ModelRefused(ModelError):
    """A model file that will not be loaded, with the reason."""


class TooFewLabels(ModelError):
    """Not enough of one class to learn from; says how many there are and how many it takes."""

    def __init__(self, spam: int, ham: int, needed: int) -> None:
        super().__init__(f"{spam} spam and {ham} ham are too few to learn from: it takes {needed} of each")
        self.spam = spam
        self.ham = ham
        self.needed = needed
