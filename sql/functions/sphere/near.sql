-- Two points are never farther apart in their first two coordinates than in all four. So the
-- nearest few in the plane give a bound for the distance of the n-th nearest, and all points that
-- near have their plane coordinates within that bound: the answer is exact.
CREATE OR REPLACE FUNCTION hartonomous.near(label text, max_results integer DEFAULT 10)
RETURNS TABLE (neighbor text, geodesic double precision)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant uuid := hartonomous_internal.known_composition(near.label);
    v_at hartonomous.composition_position;
    v_bound double precision;
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', near.max_results);
    PERFORM hartonomous_internal.require_layout();
    SELECT p.* INTO v_at FROM hartonomous.composition_position AS p WHERE p.composition_id = v_id;
    IF NOT FOUND THEN
        PERFORM hartonomous_internal.refuse_unplaced(v_id);
    END IF;
    -- an upper bound for the distance of the n-th nearest, from candidates near in the plane
    SELECT max(b.chord) INTO v_bound
    FROM (
        SELECT sqrt(
            (c.x - v_at.x) ^ 2 + (c.y - v_at.y) ^ 2 + (c.z - v_at.z) ^ 2 + (c.w - v_at.w) ^ 2
        ) AS chord
        FROM (
            SELECT p.* FROM hartonomous.composition_position AS p
            ORDER BY p.plane <-> v_at.plane
            LIMIT 16 * (near.max_results::bigint + 1)
        ) AS c
        ORDER BY chord
        LIMIT near.max_results::bigint + 1
    ) AS b;
    RETURN QUERY
    SELECT l.label, hartonomous_internal.chord_to_angle(f.chord)
    FROM (
        SELECT
            p.composition_id,
            sqrt(
                (p.x - v_at.x) ^ 2 + (p.y - v_at.y) ^ 2 + (p.z - v_at.z) ^ 2 + (p.w - v_at.w) ^ 2
            ) AS chord
        FROM hartonomous.composition_position AS p
        WHERE p.plane <@ circle(v_at.plane, v_bound * 1.000001 + 1e-9) AND p.composition_id <> v_id
        ORDER BY chord, p.composition_id
        LIMIT near.max_results
    ) AS f
    INNER JOIN hartonomous.composition AS l ON l.composition_id = f.composition_id
    ORDER BY f.chord, f.composition_id;
END
$$;

COMMENT ON FUNCTION hartonomous.near(text, integer) IS
'The concepts nearest to a concept on the sphere S3, with their distance along it, nearest first; exact. An error where it is not known or has no position.';
