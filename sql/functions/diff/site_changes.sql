-- Without a null the shape of noise stands for it: over MiniLM and others in int8 and with noise of 0.3 to 5 %
-- of their weights no list moved further than so many times the 95th percentile of its site; the neurons of an
-- MLP have longer tails. Below c_least rounding to int8 alone moves lists.
CREATE OR REPLACE FUNCTION hartonomous_internal.site_changes(
    p_a integer, p_b integer, p_nulls integer[], p_positions text[]
)
RETURNS TABLE (
    site_position text, concepts bigint, kept double precision, shift integer, null_shift integer, bound integer,
    moved bigint, gained bigint, lost bigint
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_related constant double precision := 5;
    c_of_neurons constant double precision := 9;
    c_least constant integer := 10486;
    v_twins constant record := hartonomous_internal.own_twins(p_a, p_b);
    v_null constant record := hartonomous_internal.null_changes(p_a, p_nulls, p_positions);
    v_pair record;
BEGIN
    FOR v_pair IN SELECT s.* FROM hartonomous_internal.paired_sites(p_a, p_b, p_positions) AS s LOOP
        RETURN QUERY
        WITH list AS MATERIALIZED (
            SELECT l.* FROM hartonomous_internal.list_changes(
                p_a, p_b, v_pair.a_site, v_pair.b_site, v_pair.a_starts, v_pair.b_starts, v_pair.lengths,
                v_twins.below, v_twins.numbers
            ) AS l
        ),
        measured AS MATERIALIZED (
            SELECT
                l.place, v_pair.positions[l.place] AS position, count(*) AS concepts,
                sum(l.kept) / sum(l.held) AS kept,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY l.change) AS shift,
                greatest(c_least, CASE
                    WHEN bool_and(l.type_id = hartonomous.relation_type_id('related')) THEN c_related
                    ELSE c_of_neurons
                END * percentile_disc(0.95) WITHIN GROUP (ORDER BY l.change))::integer AS own_bound
            FROM list AS l
            GROUP BY l.place
        ),
        bounded AS MATERIALIZED (
            SELECT m.*, n.shift AS null_shift, coalesce(n.bound, m.own_bound) AS bound
            FROM measured AS m
            LEFT JOIN unnest(v_null.positions, v_null.shifts, v_null.bounds) AS n (position, shift, bound)
                ON n.position = m.position
        )
        SELECT
            b.position, b.concepts, b.kept::double precision, b.shift, b.null_shift, b.bound,
            count(*) FILTER (WHERE l.change > b.bound),
            count(*) FILTER (WHERE l.gained > b.bound),
            count(*) FILTER (WHERE l.lost > b.bound)
        FROM bounded AS b
        INNER JOIN list AS l ON l.place = b.place
        GROUP BY b.position, b.concepts, b.kept, b.shift, b.null_shift, b.bound;
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.site_changes(integer, integer, integer[], text[]) IS
'Internal to diff: how far lists moved at each site that two sources have, in parts of 2^20, and how many of them further than the null.';
