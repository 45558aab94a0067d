"""Model files: a compressed pickle of builtins beside the card that vouches for it.

The file is written by joblib. It is read without it: first its hash must stand in its card, then an unpickler that
knows no class and no function takes out plain data, so that not even a file with a forged card can run anything.
"""

import io
import json
import pickle
import zlib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NoReturn

from model.card import ModelCard, sha256_of
from model.encode import reading
from model.errors import ModelRefused
from model.scorer import Scorer
from model.weights import FORMAT, Weights

MODEL_FILE: Final = "model.joblib"
CARD_FILE: Final = "model.card.json"
MAX_FILE_BYTES: Final = 64 * 2**20  # a shipped model has under 5 MiB
_MAX_PAYLOAD_BYTES: Final = 512 * 2**20


def load_scorer(directory: Path | str) -> Scorer:
    """The model in `directory`, ready to judge. Raises ModelRefused, saying why in one sentence, for any file that is
    missing, not the one its card names, made for another reading of texts, or damaged."""
    folder = Path(directory)
    card = read_card(folder)
    data = _bytes(folder / MODEL_FILE)
    if sha256_of(data) != card.sha256:
        raise ModelRefused(f"{folder / MODEL_FILE} is not the file that its card names: its SHA-256 differs")
    if card.format != FORMAT:
        raise ModelRefused(f"{folder / MODEL_FILE} has format {card.format}, this version reads format {FORMAT}")
    if card.reading != reading():
        raise ModelRefused(f"{folder / MODEL_FILE} was trained by a version that reads texts otherwise; train it anew")
    try:
        return Scorer(Weights.from_payload(_plain(data)), card)
    except Exception as error:  # whatever is wrong in there, the model is not to be used
        raise ModelRefused(f"{folder / MODEL_FILE} is damaged: {error!r}") from error


def read_card(directory: Path | str) -> ModelCard:
    """The card in `directory`. Raises ModelRefused when there is none or it cannot be read."""
    path = Path(directory) / CARD_FILE
    try:
        return ModelCard.from_json(json.loads(_bytes(path)))
    except (ValueError, RecursionError) as error:
        raise ModelRefused(f"{path} is not JSON: {error}") from error


def save_model(directory: Path | str, weights: Weights, card: ModelCard) -> ModelCard:
    """Writes both files, the card last, and returns the card with the hash and id that the file got."""
    import joblib

    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    joblib.dump(weights.to_payload(), buffer, compress=("zlib", 9), protocol=4)
    data = buffer.getvalue()
    digest = sha256_of(data)
    signed = replace(card, sha256=digest, model_id=digest[:12], format=FORMAT, reading=reading())
    for name, content in ((MODEL_FILE, data), (CARD_FILE, signed.to_text().encode())):
        temporary = folder / f".{name}.new"
        temporary.write_bytes(content)
        temporary.replace(folder / name)
    return signed


def shipped_model_dir() -> Path:
    """Where the shipped model lies: inside the installed package, or in data/ of a checkout."""
    installed = Path(str(files("model") / "shipped"))
    checkout = Path(__file__).resolve().parent.parent / "data"
    return installed if (installed / CARD_FILE).is_file() else checkout


class _PlainUnpickler(pickle.Unpickler):
    """Reads builtin data; a pickle that asks for any class or function is refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _plain(data: bytes) -> Any:
    inflater = zlib.decompressobj()
    payload = inflater.decompress(data, _MAX_PAYLOAD_BYTES)
    if not inflater.eof:
        raise ValueError("it is cut off or too large")
    return _PlainUnpickler(io.BytesIO(payload)).load()


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ModelRefused(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ModelRefused(f"{path} cannot be read: {error.strerror}") from error
