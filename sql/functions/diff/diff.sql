CREATE OR REPLACE FUNCTION hartonomous.diff(
    a text, b text, nulls text[] DEFAULT '{}',
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    site_position text,
    concepts bigint,
    kept double precision,
    shift double precision,
    null_shift double precision,
    bound double precision,
    moved bigint,
    gained bigint,
    lost bigint
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_ids constant integer[] := hartonomous_internal.diffed_sources(diff.a, diff.b, diff.nulls);
    v_unit constant double precision := hartonomous_internal.weight_unit();
BEGIN
    RETURN QUERY
    SELECT
        s.site_position, s.concepts, s.kept, s.shift / v_unit, s.null_shift / v_unit, s.bound / v_unit,
        s.moved, s.gained, s.lost
    FROM hartonomous_internal.site_changes(v_ids[1], v_ids[2], v_ids[3:], NULL) AS s
    ORDER BY s.moved DESC, s.shift DESC, s.site_position COLLATE "C";
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.diff(text, text, text[], text[], text[], text) IS
'What changed from one live source to another of the same vocabulary, site by site: concepts compared, the share of neighbours that both list, how far lists moved (the median of the largest change of a weight in each, and the same for sources that say the same as the first, where nulls are given), beyond which change a list counts as moved, how many concepts'' lists did, and how many of them gained or lost a relation by more than that.';
