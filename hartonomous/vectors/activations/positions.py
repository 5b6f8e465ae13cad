"""Token positions by name: ``last``, ``first``, from the end, from the start; of either part."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError

PARTS = ("prompt", "response")


@dataclass(frozen=True)
class Position:
    """One token of a prompt or of its response.

    Parameters
    ----------
    part
        ``prompt`` or ``response``.
    index
        From the part's start, or from its end where negative.
    label
        How files name it, for example ``last`` or ``-2``.
    """

    part: str
    index: int
    label: str

    def of(self, prompt: int, response: int = 0) -> int:
        """Return the place in a sequence of ``prompt`` and then ``response`` tokens.

        Raises
        ------
        ParameterError
            The part has no such token.
        """
        length = prompt if self.part == "prompt" else response
        if not -length <= self.index < length:
            raise ParameterError(
                f"token position {self.label}: the {self.part} has {length} tokens only"
            )
        start = 0 if self.part == "prompt" else prompt
        return start + self.index % length


def parse_position(written: object) -> Position:
    """Return the position that a configuration names.

    Parameters
    ----------
    written
        ``"last"``, ``"first"``, an integer, or one of these behind ``"response:"``.

    Raises
    ------
    ParameterError
        It is none of these.
    """
    text = str(written)
    part, _, name = text.rpartition(":")
    names = {"last": -1, "first": 0}
    if isinstance(written, bool) or (part and part not in PARTS):
        raise ParameterError(_refusal(text))
    try:
        index = names[name] if name in names else int(name)
    except ValueError:
        raise ParameterError(_refusal(text)) from None
    return Position(part or "prompt", index, text.replace(":", "-"))


def _refusal(text: str) -> str:
    return f"a token position is 'last', 'first' or an integer, not {text!r:.40}"
