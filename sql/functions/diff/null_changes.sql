CREATE OR REPLACE FUNCTION hartonomous_internal.null_changes(
    p_a integer, p_nulls integer[], p_positions text[],
    OUT positions text[], OUT shifts integer[], OUT bounds integer[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    -- another draw of the same noise may go so much further than the furthest of the first
    c_margin constant double precision := 1.5;
    v_twins record;
    v_pair record;
    v_null integer;
    v_found record;
BEGIN
    positions := '{}'; shifts := '{}'; bounds := '{}';
    FOREACH v_null IN ARRAY p_nulls LOOP
        v_twins := hartonomous_internal.own_twins(p_a, v_null);
        FOR v_pair IN SELECT s.* FROM hartonomous_internal.paired_sites(p_a, v_null, p_positions) AS s LOOP
            FOR v_found IN
                SELECT
                    v_pair.positions[l.place] AS position,
                    percentile_disc(0.5) WITHIN GROUP (ORDER BY l.change) AS shift,
                    ceil(c_margin * max(l.change))::integer AS bound
                FROM hartonomous_internal.list_changes(
                    p_a, v_null, v_pair.a_site, v_pair.b_site, v_pair.a_starts, v_pair.b_starts, v_pair.lengths,
                    v_twins.below, v_twins.numbers
                ) AS l
                GROUP BY l.place
            LOOP
                positions := positions || v_found.position;
                shifts := shifts || v_found.shift;
                bounds := bounds || v_found.bound;
            END LOOP;
        END LOOP;
    END LOOP;
    -- of several nulls the one that goes furthest
    SELECT array_agg(n.position), array_agg(n.shift), array_agg(n.bound)
    INTO positions, shifts, bounds
    FROM (
        SELECT u.position, max(u.shift) AS shift, max(u.bound) AS bound
        FROM unnest(positions, shifts, bounds) AS u (position, shift, bound)
        GROUP BY u.position
    ) AS n;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.null_changes(integer, integer[], text[]) IS
'Internal to diff: how far lists move at each site from a source to others that say the same: the median, and what stands for the furthest.';
