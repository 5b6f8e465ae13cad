-- Each rotation in turn becomes the best one given the others, until none changes any more.
-- Only 4 x 4 matrices take part, so the number of concepts doesn't matter here. Charts that nothing
-- links with the others stay without a rotation; a trimmed round that would lose one changes nothing.
CREATE OR REPLACE FUNCTION hartonomous_internal.rotate_charts(p_content_ids integer[], p_trim boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_identity constant double precision[] := '{1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1}';
    v_count constant integer := cardinality(p_content_ids);
    v_s integer[] := '{}';
    v_t integer[] := '{}';
    v_covariances double precision[] := '{}';  -- 16 numbers a pair
    v_frame boolean[];
    v_first integer;
    v_rotations double precision[];            -- 16 numbers a source
    v_placed boolean[] := array_fill(FALSE, ARRAY[greatest(v_count, 1)]);
    v_pair record;
    v_sum double precision[];
    v_next double precision[];
    v_change double precision;
BEGIN
    IF v_count = 0 THEN
        RETURN;
    END IF;
    FOR v_pair IN
        SELECT c.s, c.t, c.covariance FROM hartonomous_internal.anchor_covariances(p_content_ids, p_trim) AS c
        WHERE c.anchors >= 4
    LOOP
        v_s := v_s || v_pair.s || v_pair.t;
        v_t := v_t || v_pair.t || v_pair.s;
        v_covariances := v_covariances || v_pair.covariance
        || hartonomous_internal.matrix_transpose(v_pair.covariance);
    END LOOP;
    v_rotations := array_fill(0::double precision, ARRAY[16 * v_count]);
    v_frame := hartonomous_internal.linked_charts(p_content_ids, v_s, v_t, v_covariances);
    v_first := array_position(v_frame, TRUE);
    v_rotations[16 * v_first - 15:16 * v_first] := c_identity;
    v_placed[v_first] := TRUE;
    FOR v_round IN 1..100 LOOP
        v_change := 0;
        FOR v_source IN v_first + 1..v_count LOOP
            CONTINUE WHEN NOT v_frame[v_source];
            v_sum := array_fill(0::double precision, ARRAY[16]);
            FOR i IN 1..cardinality(v_s) LOOP
                IF v_s[i] = v_source AND v_placed[v_t[i]] THEN
                    -- R_t C_ts
                    v_next := hartonomous_internal.matrix_multiply(
                        v_rotations[16 * v_t[i] - 15:16 * v_t[i]],
                        hartonomous_internal.matrix_transpose(v_covariances[16 * i - 15:16 * i])
                    );
                    v_sum := array(SELECT v_sum[e] + v_next[e] FROM generate_series(1, 16) AS e ORDER BY e);
                END IF;
            END LOOP;
            v_next := hartonomous_internal.polar_factor(v_sum);
            CONTINUE WHEN v_next IS NULL;
            v_change := greatest(v_change, (
                SELECT max(abs(v_next[e] - v_rotations[16 * v_source - 16 + e]))
                FROM generate_series(1, 16) AS e
            ));
            v_rotations[16 * v_source - 15:16 * v_source] := v_next;
            v_placed[v_source] := TRUE;
        END LOOP;
        EXIT WHEN v_change < 1e-12;
    END LOOP;
    IF p_trim AND NOT TRUE = ALL (v_placed) THEN
        RETURN;
    END IF;
    UPDATE hartonomous.source_chart AS h
    SET rotation = v_rotations[16 * p.place - 15:16 * p.place]
    FROM unnest(p_content_ids) WITH ORDINALITY AS p (content_id, place)
    WHERE h.content_id = p.content_id AND v_placed[p.place];
END
$$;

COMMENT ON FUNCTION hartonomous_internal.rotate_charts(integer[], boolean) IS
'Internal to align_sources: finds and stores the rotation of each chart that is linked with the others.';
