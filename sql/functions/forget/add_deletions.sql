CREATE OR REPLACE FUNCTION hartonomous.add_deletions(p_a hartonomous.deletion, p_b hartonomous.deletion)
RETURNS hartonomous.deletion
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ROW(
        coalesce(p_a.names, p_b.names),
        coalesce(p_a.sources, 0) + coalesce(p_b.sources, 0),
        coalesce(p_a.sites, 0) + coalesce(p_b.sites, 0),
        coalesce(p_a.evidence, 0) + coalesce(p_b.evidence, 0),
        coalesce(p_a.relations_removed, 0) + coalesce(p_b.relations_removed, 0),
        coalesce(p_a.relations_changed, 0) + coalesce(p_b.relations_changed, 0),
        coalesce(p_a.concepts_removed, 0) + coalesce(p_b.concepts_removed, 0),
        coalesce(p_a.coordinates, 0) + coalesce(p_b.coordinates, 0),
        coalesce(p_a.audit_id, p_b.audit_id)
    )::hartonomous.deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.add_deletions(hartonomous.deletion, hartonomous.deletion) IS
'Internal: the counts of two deletions together, under the names of the first.';
