"""The door for asyncio: every verb of `Substrate`, to be awaited.

>>> import hartonomous.aio
>>> async def ask():
...     async with hartonomous.aio.open() as substrate:
...         return await substrate.neighbors("king")
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from hartonomous.errors import StoreError
from hartonomous.substrate import Substrate, verbs

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from typing_extensions import Self

    def _awaited(
        verb: Callable[Concatenate[Substrate, Parameters], Result],
    ) -> Callable[Concatenate[AsyncSubstrate, Parameters], Coroutine[Any, Any, Result]]: ...


__all__ = ["AsyncSubstrate", "open"]

#: Seconds that a statement gets to end once it was cancelled, before its session is cut off.
_GRACE = 2.0


def open(  # noqa: A001  # hartonomous.aio.open(), like hartonomous.open()
    dsn: str | None = None,
    *,
    operator: str | None = None,
    reference: str | None = None,
    key_file: str | Path | None = None,
    sources: str | Sequence[str] | None = None,
    without: str | Sequence[str] | None = None,
    as_of: date | str | None = None,
    below_chance: bool = False,
) -> AsyncSubstrate:
    """Return a substrate for ``async with``, or to be awaited; as `hartonomous.open`."""
    return AsyncSubstrate(
        dsn,
        operator=operator,
        reference=reference,
        key_file=key_file,
        sources=sources,
        without=without,
        as_of=as_of,
        below_chance=below_chance,
    )


class _Call:
    """One verb under way."""

    def __init__(self, verb: Callable[[], Any]) -> None:
        self._verb = verb
        self._ending = threading.Lock()
        self._is_over = False

    def __call__(self) -> Any:  # noqa: ANN401  # what the verb returns
        """Run the verb; who cancels it has done so before another begins."""
        try:
            return self._verb()
        finally:
            with self._ending:
                self._is_over = True

    def cancel(self, how: Callable[[], None]) -> None:
        """Cancel it, unless it is over: what the session does then is another's."""
        with self._ending:
            if not self._is_over:
                how()


class AsyncSubstrate:
    """A session on the database whose verbs are awaited.

    It has a thread and a session of its own, on which verbs take turns in the order in which they
    were called; open another for what is not to wait. A verb that is cancelled while it waits is
    never begun; one that runs is cancelled in the database, and what it had changed is undone.
    What mines outside the database then goes on to its next statement, which fails.

    Parameters
    ----------
    dsn, operator, reference, sources, without, as_of, below_chance
        As in `hartonomous.open`.

    Raises
    ------
    StoreError
        As `Substrate`, once it is entered or awaited.
    """

    if TYPE_CHECKING:  # at run time they are made of Substrate's own, below
        sources = _awaited(Substrate.sources)
        sites = _awaited(Substrate.sites)
        source_overlap = _awaited(Substrate.source_overlap)
        compare_sources = _awaited(Substrate.compare_sources)
        diff = _awaited(Substrate.diff)
        diff_relations = _awaited(Substrate.diff_relations)
        diff_concepts = _awaited(Substrate.diff_concepts)
        sketch_source = _awaited(Substrate.sketch_source)
        calibration = _awaited(Substrate.calibration)
        agreement_probability = _awaited(Substrate.agreement_probability)
        neighbors = _awaited(Substrate.neighbors)
        neighbors_by_source = _awaited(Substrate.neighbors_by_source)
        known = _awaited(Substrate.known)
        relatedness = _awaited(Substrate.relatedness)
        relatedness_of = _awaited(Substrate.relatedness_of)
        combine = _awaited(Substrate.combine)
        analogy = _awaited(Substrate.analogy)
        rank_candidates = _awaited(Substrate.rank_candidates)
        agree = _awaited(Substrate.agree)
        disagree = _awaited(Substrate.disagree)
        classify = _awaited(Substrate.classify)
        surprise = _awaited(Substrate.surprise)
        gaps = _awaited(Substrate.gaps)
        traverse = _awaited(Substrate.traverse)
        path = _awaited(Substrate.path)
        paths = _awaited(Substrate.paths)
        explain = _awaited(Substrate.explain)
        strongest = _awaited(Substrate.strongest)
        intent_to_code = _awaited(Substrate.intent_to_code)
        search = _awaited(Substrate.search)
        expand_query = _awaited(Substrate.expand_query)
        count_relations = _awaited(Substrate.count_relations)
        position = _awaited(Substrate.position)
        near = _awaited(Substrate.near)
        geodesic = _awaited(Substrate.geodesic)
        alignments = _awaited(Substrate.alignments)
        align = _awaited(Substrate.align)
        plot_map = _awaited(Substrate.plot_map)
        ingest_embeddings = _awaited(Substrate.ingest_embeddings)
        ingest_model = _awaited(Substrate.ingest_model)
        ingest_dictionary = _awaited(Substrate.ingest_dictionary)
        ingest_vectors = _awaited(Substrate.ingest_vectors)
        ingest_text = _awaited(Substrate.ingest_text)
        ingest_relations = _awaited(Substrate.ingest_relations)
        ingest_lexicon = _awaited(Substrate.ingest_lexicon)
        ingest_sentences = _awaited(Substrate.ingest_sentences)
        ingest_qa = _awaited(Substrate.ingest_qa)
        ingest_next_token = _awaited(Substrate.ingest_next_token)
        ingest_images = _awaited(Substrate.ingest_images)
        ingest_detections = _awaited(Substrate.ingest_detections)
        ingest_captions = _awaited(Substrate.ingest_captions)
        ingest_code = _awaited(Substrate.ingest_code)
        delete_model = _awaited(Substrate.delete_model)
        delete_source = _awaited(Substrate.delete_source)
        delete_repository = _awaited(Substrate.delete_repository)
        delete_subject = _awaited(Substrate.delete_subject)
        export_forgotten = _awaited(Substrate.export_forgotten)
        replay_forgotten = _awaited(Substrate.replay_forgotten)
        override_forgotten = _awaited(Substrate.override_forgotten)
        lift_forgotten = _awaited(Substrate.lift_forgotten)
        delete_concept = _awaited(Substrate.delete_concept)
        forget_expired = _awaited(Substrate.forget_expired)
        preview_forget_expired = _awaited(Substrate.preview_forget_expired)
        list_subjects = _awaited(Substrate.list_subjects)
        show_subject = _awaited(Substrate.show_subject)
        export_subject = _awaited(Substrate.export_subject)
        preview_delete_model = _awaited(Substrate.preview_delete_model)
        preview_delete_source = _awaited(Substrate.preview_delete_source)
        preview_delete_repository = _awaited(Substrate.preview_delete_repository)
        preview_delete_subject = _awaited(Substrate.preview_delete_subject)
        preview_delete_concept = _awaited(Substrate.preview_delete_concept)
        quarantine_source = _awaited(Substrate.quarantine_source)
        restore_source = _awaited(Substrate.restore_source)
        restrict_source = _awaited(Substrate.restrict_source)
        open_source_to_all = _awaited(Substrate.open_source_to_all)
        record_feedback = _awaited(Substrate.record_feedback)
        add_evidence = _awaited(Substrate.add_evidence)
        summarise_relations = _awaited(Substrate.summarise_relations)
        audit = _awaited(Substrate.audit)
        verify_audit = _awaited(Substrate.verify_audit)
        export_receipt = _awaited(Substrate.export_receipt)
        verify_receipt = _awaited(Substrate.verify_receipt)
        fingerprint = _awaited(Substrate.fingerprint)
        fingerprint_parts = _awaited(Substrate.fingerprint_parts)
        verify_ratings = _awaited(Substrate.verify_ratings)
        refresh_ratings = _awaited(Substrate.refresh_ratings)
        snapshot_ratings = _awaited(Substrate.snapshot_ratings)
        compare_snapshots = _awaited(Substrate.compare_snapshots)
        judge_sources = _awaited(Substrate.judge_sources)
        flag_quality = _awaited(Substrate.flag_quality)

    def __init__(
        self,
        dsn: str | None = None,
        *,
        operator: str | None = None,
        reference: str | None = None,
        key_file: str | Path | None = None,
        sources: str | Sequence[str] | None = None,
        without: str | Sequence[str] | None = None,
        as_of: date | str | None = None,
        below_chance: bool = False,
    ) -> None:
        self._open = partial(
            Substrate,
            dsn,
            operator=operator,
            reference=reference,
            key_file=key_file,
            sources=sources,
            without=without,
            as_of=as_of,
            below_chance=below_chance,
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hartonomous")
        self._door: Substrate | None = None
        self._is_closed = False

    async def close(self) -> None:
        """End the session for good, after what was asked before."""
        if not self._is_closed:
            self._is_closed = True
            over = asyncio.wrap_future(self._thread.submit(self._close))
            self._thread.shutdown(wait=False)
            await asyncio.shield(over)

    async def __aenter__(self) -> Self:
        self._require_open()
        await asyncio.wrap_future(self._thread.submit(self._connect))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __await__(self) -> Generator[Any, None, Self]:
        return self.__aenter__().__await__()

    def _connect(self) -> Substrate:
        if self._door is None:
            self._door = self._open()
        return self._door

    def _close(self) -> None:
        if self._door is not None:
            self._door.close()

    def _require_open(self) -> None:
        if self._is_closed:
            raise StoreError("this substrate is closed: hartonomous.aio.open() gives another")

    async def _run(self, verb: Callable[[Substrate], Result]) -> Result:
        self._require_open()
        call = _Call(lambda: verb(self._connect()))
        future: Future[Result] = self._thread.submit(call)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel():
                await asyncio.shield(self._cancel(call, future))
            raise

    async def _cancel(self, call: _Call, future: Future[Any]) -> None:
        """Cancel what runs, and cut its session off where it does not end."""
        if self._door is None:
            return
        await asyncio.to_thread(call.cancel, self._door._session.cancel)
        deadline = asyncio.get_running_loop().time() + _GRACE
        while not future.done():
            if asyncio.get_running_loop().time() > deadline:
                call.cancel(self._door._session.sever)
                return
            await asyncio.sleep(0.01)


def _awaiting(verb: Callable[..., Result]) -> Callable[..., Coroutine[Any, Any, Result]]:
    @wraps(verb)
    async def awaited(self: AsyncSubstrate, /, *given: Any, **named: Any) -> Result:  # noqa: ANN401
        return await self._run(lambda door: verb(door, *given, **named))

    awaited.__qualname__ = f"AsyncSubstrate.{verb.__name__}"
    return awaited


for _name, _verb in verbs().items():
    if _name not in vars(AsyncSubstrate):
        setattr(AsyncSubstrate, _name, _awaiting(_verb))
