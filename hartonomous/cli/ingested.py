"""What an ingest did, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hartonomous.cli.output import counted, note, printable, say, show_json

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.observations import SiteRecord

#: Sites that a line names.
_SHOWN_SITES = 3
#: Concepts that a line names.
_SHOWN_CONCEPTS = 12


def show_report(report: IngestReport, *, as_json: bool) -> None:
    """Say what was read, mined, left out and noted, and how long it took."""
    if as_json:
        show_json(_as_json(report))
        return
    say("\n".join(_lines(report)))
    for line in _warnings(report):
        note(line)


def _as_json(report: IngestReport) -> dict[str, object]:
    """Return the report with sites as the database keeps them; one that is alone by itself too."""
    sites = [{"position": site.position, **site.settings} for site in report.sites]
    alone = {"site": sites[0]} if len(sites) == 1 else {}
    return {**vars(report), "sites": sites, **alone}


def _lines(report: IngestReport) -> list[str]:
    if report.forgotten == report.read:
        return _forgotten_lines(report)
    if not report.new and report.read == 1:
        name = printable(report.sources[0])
        said = f"{name} is loaded already, with these settings; nothing was changed"
        return [said, *_forgotten_lines(report)]
    what = printable(report.sources[0]) if report.read == 1 else _new(report)
    counts = f"{counted(report.concepts, 'concept')}, {counted(report.observations, 'observation')}"
    times = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in report.stages)
    return [
        f"{what}: {counts}",
        *_left_out_line(report.left_out),
        *_forgotten_lines(report),
        *map(_site_line, report.sites),
        *_screened_lines(report),
        *(f"note: {printable(note)}" for note in report.notes),
        f"took {sum(stage.seconds for stage in report.stages):.1f} s: {times}",
    ]


def _new(report: IngestReport) -> str:
    is_new = "is" if report.new == 1 else "are"
    return f"{report.new:,} of {counted(report.read, 'source')} {is_new} new"


def _left_out_line(left_out: dict[str, int]) -> list[str]:
    reasons = [f"{count:,} {reason}" for reason, count in left_out.items() if count]
    return [f"left out {sum(left_out.values()):,}: {', '.join(reasons)}"] if reasons else []


def _forgotten_lines(report: IngestReport) -> list[str]:
    """Say what is missing because it is to stay forgotten."""
    lines = []
    if report.forgotten:
        count = report.forgotten
        what, was = ("document", "was") if count == 1 else ("documents", "were")
        lines.append(f"{count:,} {what} of a forgotten person {was} left out")
    if report.lacks:
        first = ", ".join(map(printable, report.lacks[:_SHOWN_CONCEPTS]))
        more = len(report.lacks) - _SHOWN_CONCEPTS
        rest = f" and {more:,} more" if more > 0 else ""
        lines.append(f"lacks what is to stay forgotten: {first}{rest}")
    return lines


def _screened_lines(report: IngestReport) -> list[str]:
    """Say which sites did not stand above chance, the nearest to it first."""
    gone = sorted(report.left_out_sites, key=lambda site: -site.signal.value)
    if not gone:
        return []
    first = ", ".join(f"{site.position} {site.signal.value:+.3f}" for site in gone[:_SHOWN_SITES])
    more = (
        f", ... (hartonomous sites {printable(report.sources[0])})"
        if len(gone) > _SHOWN_SITES
        else ""
    )
    sites = f"{counted(len(gone), 'site')} that do{'es' * (len(gone) == 1)}"
    return [f"left out {sites} not stand above chance: {first}{more}"]


def _site_line(site: SiteRecord) -> str:
    join = site.join
    if join is None:
        return f"{site.position}: counted"
    search = "exact" if join.method == "exact" else f"{join.method} with recall {join.recall:.3f}"
    cleaned = f"mean and {counted(join.components_removed, 'component')} removed"
    how = cleaned if join.mean_removed else "vectors as they are"
    if join.comparison != "cleaned":
        how = join.comparison
    signal = f", signal {join.signal.value:+.3f}" if join.signal else ""
    return f"{site.position}: k = {join.k} by {join.space}, {search}, {how}{signal}"


def _warnings(report: IngestReport) -> list[str]:
    flagged = [f"warning: {printable(name)}: {', '.join(flags)}" for name, flags in report.flags]
    return flagged + [f"left out: {printable(fault)}" for fault in report.faults]
