"""The one pipeline: opener -> sites -> miner -> store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from hartonomous.errors import DocumentFormatError, ParameterError
from hartonomous.geometry.knn import Method
from hartonomous.miners.mining import Mined, mine
from hartonomous.miners.screening import (
    Reference,
    Screen,
    Screening,
    lexicon_reference,
    own_reference,
    screened,
)
from hartonomous.observations import MinedSource, ScreenedSite, SiteRecord
from hartonomous.progress import Advance, Stage, Stages
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Family, Request
from hartonomous.sites import OpenedSource, VectorSite
from hartonomous.store.failures import store_errors
from hartonomous.store.forgotten import LeftOut
from hartonomous.store.load import LoadReport
from hartonomous.store.load_batch import BATCH_SOURCES, known_sources, load_sources
from hartonomous.store.reference import sources_reference
from hartonomous.store.session import Connection

#: Bytes of opened sources that are kept in memory at a time.
_BATCH_HELD = 32 << 20


@dataclass(frozen=True)
class IngestReport:
    """What one ingest did."""

    #: Names of the sources that were read, whether new or not; the first of them where many.
    sources: tuple[str, ...]
    #: How many sources were read, and how many were not there already.
    read: int
    new: int
    concepts: int
    observations: int
    #: Parts of the sources that stand for no concept, by reason.
    left_out: dict[str, int]
    #: What was mined, where there is one new source.
    sites: tuple[SiteRecord, ...]
    stages: tuple[Stage, ...]
    #: Name and what is suspicious, for each source that is.
    flags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: What was read otherwise than the files say.
    notes: tuple[str, ...] = ()
    #: Lines that were left out because they are malformed, where that was asked for.
    faults: tuple[str, ...] = ()
    #: Sites that were not mined, as they did not stand above chance.
    left_out_sites: tuple[ScreenedSite, ...] = ()
    #: Sources that were left out because their persons are to stay forgotten.
    forgotten: int = 0
    #: Concepts of the files that are left out because they are to stay forgotten, at most 1,000.
    lacks: tuple[str, ...] = ()


@dataclass(eq=False)
class _Account:
    """What an ingest adds up."""

    #: Names that a report lists.
    most_names = 5

    read: int = 0
    names: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sites: list[SiteRecord] = field(default_factory=list)
    loaded: list[LoadReport] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left_out_sites: list[ScreenedSite] = field(default_factory=list)

    def note_opened(self, opened: OpenedSource) -> None:
        """Count what was read of a source."""
        self.read += 1
        if len(self.names) < self.most_names:
            self.names.append(opened.source.identifier)
        self.notes += opened.notes
        self.left_out_sites += opened.screened
        self.leave_out(opened.left_out)

    def note_mined(self, mined: Mined) -> None:
        """Count what was mined of a source."""
        self.sites = [record for site in mined.source.sites for record in site.sites]
        if mined.directionless:
            self.leave_out({"zero": mined.directionless})

    def note_cut(self, opened: OpenedSource, mined: Mined) -> None:
        """Note how many sites have fewer keys than the neighbours that were asked for."""
        asked = max((s.settings.k for s in opened.sites if isinstance(s, VectorSite)), default=0)
        joins = [record.join for site in mined.source.sites for record in site.sites]
        cut = [join.k for join in joins if join and join.k < asked]
        if cut:
            self.notes.append(
                f"k {asked} is more than {len(cut)} of {len(joins)} sites have keys: "
                f"there lists have {min(cut)} and more"
            )

    def leave_out(self, reasons: dict[str, int]) -> None:
        """Count what stands for no concept."""
        for reason, count in reasons.items():
            self.left_out[reason] = self.left_out.get(reason, 0) + count

    def note_fault(self, error: DocumentFormatError) -> None:
        """Remember a line that was left out."""
        self.faults.append(str(error))

    def note_wordless(self) -> None:
        """Note documents that hold no word."""
        new = [each for each in self.loaded if each.is_new]
        wordless = [each.source for each in new if not each.concepts]
        named = ", ".join(wordless[: self.most_names])
        more = f" and {len(wordless) - self.most_names} more" * (len(wordless) > self.most_names)
        if wordless:
            self.notes.append(f"no word to be found in {named}{more}")

    def report(self, stages: Stages, gone: LeftOut) -> IngestReport:
        """Say what was done."""
        new = [each for each in self.loaded if each.is_new]
        return IngestReport(
            sources=tuple(self.names),
            read=self.read,
            new=len(new),
            concepts=sum(each.concepts for each in new),
            observations=sum(each.observations for each in new),
            left_out=self.left_out,
            sites=tuple(self.sites) if len(new) == 1 else (),
            stages=stages.finished,
            flags=tuple((each.source, each.flags) for each in new if each.flags),
            notes=tuple(self.notes),
            faults=tuple(self.faults),
            left_out_sites=tuple(self.left_out_sites),
            forgotten=gone.sources + sum(each.is_forgotten for each in self.loaded),
            lacks=gone.concepts,
        )


def ingest(
    connection: Connection,
    family: Family,
    paths: Sequence[str | Path],
    request: Request | None = None,
    *,
    method: Method = "auto",
    threads: int | None = None,
    keep_going: bool = False,
    screening: Screening | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine sources into relations and evidence.

    Parameters
    ----------
    connection
        A session on the substrate in autocommit.
    family
        What the paths are read as.
    paths
        Files and folders; each may hold more than one source.
    request
        What is asked of them.
    method, threads
        How vector sites are joined, as in :func:`hartonomous.geometry.join.join_blocks`.
    keep_going
        Leave malformed lines out and keep what was loaded when something fails later; by default
        all that is asked is one transaction.
    screening
        How sites that have nulls are chosen; by default all are mined.
    stages
        Shows and times what is done.

    Raises
    ------
    ModelFormatError, DocumentFormatError, InvalidVectorsError
        Something is missing, malformed or holds vectors without a direction.
    ParameterError
        A parameter is out of range, or nothing was named.
    SourceTakenError
        Another source carries the name of one of them.
    StoreError
        The database refused or is gone.
    """
    stages, account = stages or Stages(), _Account()
    asked = replace(request or Request(), several=len(paths) > 1)
    if keep_going:
        asked = replace(asked, fault=account.note_fault)
    batches = _batches(open_sources(paths, family, asked), account)
    chosen = screening or Screening(everything=True)
    pipeline = _Pipeline(connection, account, stages, method, threads, keep_going, chosen)
    with pipeline.transaction:
        with stages.stage("read", does="read the files"):
            batch = next(batches, None)
        while batch and _takes_long(batch):
            pipeline.join_and_load(batch)
            with stages.stage("read", does="look for more"):
                batch = next(batches, None)
        if batch:
            with stages.stage("count and load", does="count words and store lists") as advance:
                for each in chain([batch], batches):
                    pipeline.count_and_load(each, advance)
        if family == "text":
            account.note_wordless()
        with stages.stage("commit"):
            pipeline.transaction.close()
    return account.report(stages, pipeline.left_out)


def _batches(opened: Iterable[OpenedSource], account: _Account) -> Iterator[list[OpenedSource]]:
    """Take sources together as long as they are small."""
    batch: list[OpenedSource] = []
    held = 0
    for source in opened:
        account.note_opened(source)
        batch.append(source)
        held += source.held
        if len(batch) == BATCH_SOURCES or held > _BATCH_HELD or _takes_long(batch):
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _takes_long(batch: Sequence[OpenedSource]) -> bool:
    return any(
        source.takes_long or any(isinstance(site, VectorSite) for site in source.sites)
        for source in batch
    )


class _Pipeline:
    """Mines and loads batches, all in one transaction unless `keep_going`."""

    def __init__(
        self,
        connection: Connection,
        account: _Account,
        stages: Stages,
        method: Method,
        threads: int | None,
        keep_going: bool,
        screening: Screening,
    ) -> None:
        self._screening = screening
        self._connection, self._account, self._stages = connection, account, stages
        self.left_out = LeftOut(connection)
        self._method, self._threads = method, threads
        self.transaction = ExitStack()
        self._is_begun = keep_going

    def join_and_load(self, batch: Sequence[OpenedSource]) -> None:
        """Mine sources before the transaction begins, as that takes long."""
        mined = [self._mine(source, self._stages) for source in self._new(batch)]
        total = sum(each.expected for each in mined)
        with self._stages.stage(
            "load", total, does="store the lists", then="index the lists"
        ) as advance:
            self._load(mined, advance)

    def count_and_load(self, batch: Sequence[OpenedSource], advance: Advance) -> None:
        """Mine each source when the store takes it."""
        self._load((self._mine(source, Stages()) for source in self._new(batch)), _ignore)
        advance(len(batch))

    def _new(self, batch: Sequence[OpenedSource]) -> list[OpenedSource]:
        batch = self.left_out.kept(batch)
        self.left_out.note_lacking(batch)
        known = known_sources(self._connection, [opened.source for opened in batch])
        return [opened for opened in batch if opened.source.identifier not in known]

    def _mine(self, opened: OpenedSource, stages: Stages) -> MinedSource:
        chosen = self._screened(opened, stages)
        mined = mine(chosen, stages, self._method, self._threads)
        self._account.note_mined(mined)
        self._account.note_cut(chosen, mined)
        return mined.source

    def _screened(self, opened: OpenedSource, stages: Stages) -> OpenedSource:
        """Leave out sites that don't stand above their nulls."""
        asked = [site for site in opened.sites if isinstance(site, VectorSite) and site.nulls]
        if self._screening.everything or not asked:
            return opened
        with stages.stage("screen", len(asked), does="hold heads against their nulls") as advance:
            reference = self._reference(opened)
            screen = Screen(reference, self._threads)
            kept, left_out = screened(asked, self._screening, screen, advance)
        gone = [ScreenedSite(site.position, site.signal) for site in left_out if site.signal]
        self._account.left_out_sites += gone
        unasked = [site for site in opened.sites if site not in asked]
        if not kept and not unasked:
            raise ParameterError(
                f"none of its {len(asked)} sites stands above chance; --min-signal all mines them"
            )
        return replace(opened, sites=(*unasked, *kept), screened=(*opened.screened, *gone))

    def _reference(self, opened: OpenedSource) -> Reference:
        concepts = opened.concepts()
        if self._screening.lexicon:
            return lexicon_reference(self._screening.lexicon, concepts)
        others = sources_reference(self._connection, concepts)
        return others or own_reference(opened.sites, concepts, self._threads)

    def _load(self, mined: Iterable[MinedSource], advance: Advance) -> None:
        if not self._is_begun:
            self.transaction.enter_context(store_errors())
            self.transaction.enter_context(self._connection.transaction())
            self._is_begun = True
        self._account.loaded += load_sources(self._connection, mined, advance)


def _ignore(_count: float) -> None:
    """Take progress that nobody asked for."""
