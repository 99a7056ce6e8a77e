"""The one error family of Jinling: what was expected, what came, and where."""

from __future__ import annotations

from pathlib import Path

from sim.text import Language, Text


def printable(text: str) -> str:
    """Return `text` in one line, with control and direction characters written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class JinlingError(Exception):
    """A fault that a user can understand and mend; told in one sentence in each language.

    Parameters
    ----------
    en, zh
        The sentence in English and in Chinese, without the place.
    file, line
        Where the fault stands, when it stands in a file; lines count from 1.
    """

    def __init__(self, *, en: str, zh: str, file: Path | str | None = None, line: int | None = None) -> None:
        self.text = Text(en=printable(en), zh=printable(zh))
        self.file = None if file is None else printable(str(file))
        self.line = line
        super().__init__(self.message("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """Let a fault come back from another process as it is."""
        return _again, (type(self), self.text.en, self.text.zh, self.file, self.line)

    @property
    def where(self) -> str:
        """The place as `file:line`, or an empty string."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def message(self, language: Language) -> str:
        """Return the whole sentence in `language`, led by the place if there is one."""
        sentence = self.text.in_language(language)
        return f"{self.where}: {sentence}" if self.where else sentence


def _again(kind: type[JinlingError], en: str, zh: str, file: str | None, line: int | None) -> JinlingError:
    return kind(en=en, zh=zh, file=file, line=line)


class InputError(JinlingError, ValueError):
    """What a user gave cannot be used: a file, a field, a value, a name (exit code 2, HTTP 4xx).

    It is a `ValueError`, so that a Pydantic validator may raise it and both sentences survive.
    """


class PhysicsError(InputError):
    """A model has left what is physically possible: a run stops here rather than going on wrong."""


class NotFoundError(InputError):
    """What a user named does not exist (exit code 2, HTTP 404)."""


class DamagedError(InputError):
    """A stored city or run is damaged or half-written and is not used."""


class UnavailableError(JinlingError):
    """Something outside Jinling does not answer: a server, a port (exit code 1, HTTP 503)."""


class BusyError(JinlingError):
    """The service has enough to do for now (HTTP 429)."""
