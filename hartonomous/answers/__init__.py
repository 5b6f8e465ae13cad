"""What every verb answers: each answer's fields once, named as the columns of SQL.

JSON, CSV, tables and notebooks are made from these fields, and so is the question to the database.
"""

from __future__ import annotations

from hartonomous.answers.changes import (
    AuditProblem as AuditProblem,
)
from hartonomous.answers.changes import (
    AuditRow as AuditRow,
)
from hartonomous.answers.changes import (
    Deletion as Deletion,
)
from hartonomous.answers.changes import (
    Inconsistency as Inconsistency,
)
from hartonomous.answers.changes import (
    Kept as Kept,
)
from hartonomous.answers.changes import (
    RatingChange as RatingChange,
)
from hartonomous.answers.changes import (
    SubjectRecord as SubjectRecord,
)
from hartonomous.answers.changes import (
    SubjectSource as SubjectSource,
)
from hartonomous.answers.changes import (
    SubjectSummary as SubjectSummary,
)
from hartonomous.answers.code import (
    ExpandedQuery as ExpandedQuery,
)
from hartonomous.answers.code import (
    FoundFunction as FoundFunction,
)
from hartonomous.answers.code import (
    SearchResult as SearchResult,
)
from hartonomous.answers.differences import (
    ConceptChange as ConceptChange,
)
from hartonomous.answers.differences import (
    RelationChange as RelationChange,
)
from hartonomous.answers.differences import (
    SiteChange as SiteChange,
)
from hartonomous.answers.questions import (
    Agreement as Agreement,
)
from hartonomous.answers.questions import (
    Analogue as Analogue,
)
from hartonomous.answers.questions import (
    Candidate as Candidate,
)
from hartonomous.answers.questions import (
    Class as Class,
)
from hartonomous.answers.questions import (
    Combination as Combination,
)
from hartonomous.answers.questions import (
    Disagreement as Disagreement,
)
from hartonomous.answers.questions import (
    Evidence as Evidence,
)
from hartonomous.answers.questions import (
    Gap as Gap,
)
from hartonomous.answers.questions import (
    Knowledge as Knowledge,
)
from hartonomous.answers.questions import (
    NearConcept as NearConcept,
)
from hartonomous.answers.questions import (
    Neighbor as Neighbor,
)
from hartonomous.answers.questions import (
    Path as Path,
)
from hartonomous.answers.questions import (
    PlacedConcept as PlacedConcept,
)
from hartonomous.answers.questions import (
    Position as Position,
)
from hartonomous.answers.questions import (
    RatingBand as RatingBand,
)
from hartonomous.answers.questions import (
    RegionComparison as RegionComparison,
)
from hartonomous.answers.questions import (
    Relatedness as Relatedness,
)
from hartonomous.answers.questions import (
    Relation as Relation,
)
from hartonomous.answers.questions import (
    Route as Route,
)
from hartonomous.answers.questions import (
    SiteSummary as SiteSummary,
)
from hartonomous.answers.questions import (
    SourceAlignment as SourceAlignment,
)
from hartonomous.answers.questions import (
    SourceNeighbor as SourceNeighbor,
)
from hartonomous.answers.questions import (
    SourceOverlap as SourceOverlap,
)
from hartonomous.answers.questions import (
    SourceSummary as SourceSummary,
)
from hartonomous.tables import Answer as Answer
from hartonomous.tables import Answers as Answers
