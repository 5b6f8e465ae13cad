-- A concept lives exactly as long as a source names it, and whom a source names has a row there.
CREATE OR REPLACE FUNCTION hartonomous_internal.prune_compositions(
    p_candidates integer[],
    p_without integer[] DEFAULT '{}',
    OUT concepts bigint,
    OUT coordinates bigint
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone uuid[];
BEGIN
    WITH gone AS (
        DELETE FROM hartonomous.composition AS c
        WHERE c.composition_number = ANY (hartonomous_internal.unnamed_compositions(p_candidates, p_without))
        RETURNING c.composition_id
    )
    SELECT array_agg(g.composition_id) INTO v_gone FROM gone AS g;
    concepts := coalesce(cardinality(v_gone), 0);
    DELETE FROM hartonomous.composition_coordinate AS p WHERE p.composition_id = ANY (v_gone);
    GET DIAGNOSTICS coordinates = ROW_COUNT;
    DELETE FROM hartonomous.composition_position AS p WHERE p.composition_id = ANY (v_gone);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.prune_compositions(integer[], integer[]) IS
'Internal: removes those of some concepts that no source names, the sources p_without left out, with their coordinates.';
