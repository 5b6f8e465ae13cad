-- A concept lives exactly as long as a relation refers to it. Without candidates all are looked
-- at. During an exchange the relations are those of the table that is to come.
CREATE OR REPLACE FUNCTION hartonomous.prune_compositions(
    p_candidates uuid[] DEFAULT NULL,
    p_relation_table text DEFAULT 'relation',
    OUT concepts bigint,
    OUT coordinates bigint
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone uuid[];
BEGIN
    EXECUTE format(
        'WITH gone AS ('
        '    DELETE FROM hartonomous.composition AS c'
        '    WHERE NOT EXISTS (SELECT FROM hartonomous.%1$I AS r WHERE r.composition_a_id = c.composition_id)'
        '        AND NOT EXISTS (SELECT FROM hartonomous.%1$I AS r WHERE r.composition_b_id = c.composition_id)'
        '        %2$s'
        '    RETURNING c.composition_id'
        ') SELECT array_agg(g.composition_id) FROM gone AS g',
        p_relation_table,
        CASE WHEN p_candidates IS NOT NULL THEN 'AND c.composition_id = ANY ($1)' END
    )
    INTO v_gone USING p_candidates;
    concepts := coalesce(cardinality(v_gone), 0);
    DELETE FROM hartonomous.composition_coordinate AS p WHERE p.composition_id = ANY (v_gone);
    GET DIAGNOSTICS coordinates = ROW_COUNT;
    DELETE FROM hartonomous.composition_position AS p WHERE p.composition_id = ANY (v_gone);
END
$$;

COMMENT ON FUNCTION hartonomous.prune_compositions(uuid[], text) IS
'Internal: removes concepts that no relation refers to, with their coordinates.';
