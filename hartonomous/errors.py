"""Errors a user can cause; the command line prints each as one line and exits with status 2."""

from __future__ import annotations


class HartonomousError(Exception):
    """Base of every error with a clear one-line message; nothing was changed when it is raised."""


class ModelFormatError(HartonomousError):
    """A model, vocabulary or vector file is missing, malformed or not supported."""


class DocumentFormatError(HartonomousError):
    """A document is missing, is not UTF-8 text, or is no line of JSON with a text."""


class CodeError(HartonomousError):
    """Source code is missing or can't be read, or what reads it is not installed."""


class InvalidVectorsError(HartonomousError):
    """Rows with NaN or infinite values, or vectors and vocabulary of different lengths."""


class ParameterError(HartonomousError):
    """A parameter is out of its range, for example ``k`` of 0."""


class StoreError(HartonomousError):
    """The database cannot be reached, is not ours, is older or newer, or refused a change."""


class SourceTakenError(StoreError):
    """Another content already carries this source name."""


class UnknownNameError(HartonomousError):
    """A source, subject or concept is not in the database; the message lists near matches."""
