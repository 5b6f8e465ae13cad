CREATE OR REPLACE FUNCTION hartonomous_internal.note_replayed_evidence(p_traces jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_noted bigint;
BEGIN
    PERFORM hartonomous_internal.open_noted_evidence();
    INSERT INTO pg_temp.outgoing_evidence (composition_a_id, composition_b_id, relation_type_id, site_id)
    SELECT DISTINCT a.composition_id, b.composition_id, (e.piece ->> 2)::integer, s.site_id
    FROM jsonb_array_elements(p_traces) AS t (trace)
    CROSS JOIN LATERAL jsonb_array_elements(t.trace -> 'evidence') AS e (piece)
    INNER JOIN hartonomous.content AS c ON c.random_id = (e.piece ->> 0)::uuid
    INNER JOIN hartonomous.site AS s ON s.content_id = c.content_id AND s.site_id = (e.piece ->> 1)::integer
    INNER JOIN hartonomous.composition AS a ON a.composition_number = (e.piece ->> 3)::integer
    INNER JOIN hartonomous.composition AS b ON b.composition_number = (e.piece ->> 4)::integer
    WHERE EXISTS (
        SELECT FROM hartonomous.relation_list AS l
        WHERE l.composition_number = a.composition_number
            AND l.content_id = c.content_id
            AND l.site_id = s.group_site_id
            AND l.relation_type_id = (e.piece ->> 2)::integer
            AND b.composition_number = ANY (l.neighbours)
    );
    GET DIAGNOSTICS v_noted = ROW_COUNT;
    RETURN v_noted;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.note_replayed_evidence(jsonb) IS
'Internal to replay_forgotten: notes the pieces of evidence that traces name and that are there; returns how many.';
