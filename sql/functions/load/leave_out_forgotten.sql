CREATE OR REPLACE FUNCTION hartonomous.leave_out_forgotten(p_evidence_table text, p_relation_table text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hartonomous.forgotten_composition) THEN
        RETURN;
    END IF;
    EXECUTE format(
        'WITH gone AS ('
        '    DELETE FROM %2$s AS r USING hartonomous.forgotten_composition AS f'
        '    WHERE f.composition_id IN (r.composition_a_id, r.composition_b_id)'
        '    RETURNING r.relation_id'
        ') DELETE FROM %1$s AS e USING gone AS g WHERE e.relation_id = g.relation_id',
        p_evidence_table, p_relation_table
    );
    DELETE FROM pg_temp.incoming_composition AS c
    USING hartonomous.forgotten_composition AS f WHERE c.hash = f.hash;
    -- concepts that were only seen beside forgotten ones have no relation now
    EXECUTE format(
        'DELETE FROM pg_temp.incoming_composition AS c WHERE NOT EXISTS ('
        '    SELECT FROM (SELECT composition_a_id AS id FROM %1$s UNION SELECT composition_b_id FROM %1$s) AS u'
        '    WHERE u.id = encode(substring(c.hash FROM 1 FOR 16), ''hex'')::uuid'
        ')',
        p_relation_table
    );
END
$$;

COMMENT ON FUNCTION hartonomous.leave_out_forgotten(text, text) IS
'Internal to close_source: drops what was copied about concepts that are to stay forgotten.';
