-- Quarantined sources too, which the views leave out: they are kept, so they are held.
CREATE OR REPLACE FUNCTION hartonomous_internal.evidence_of(p_content_ids integer[])
RETURNS TABLE (
    content_id integer,
    site_position text,
    relation_type text,
    from_label text,
    to_label text,
    weight real,
    rank smallint,
    is_rejected boolean
)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        l.content_id, p.position, t.name, ca.label, cb.label,
        (greatest(e.weight, 0)::double precision / hartonomous_internal.weight_unit())::real,
        CASE WHEN p.class = 'join' THEN coalesce((e.place - 1) % p.group_length, e.place - 1) + 1 END::smallint,
        e.weight < 0
    FROM hartonomous.relation_list AS l
    INNER JOIN hartonomous.composition AS ca ON ca.composition_number = l.composition_number
    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = l.relation_type_id
    CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
    INNER JOIN hartonomous.composition AS cb ON cb.composition_number = e.neighbour
    INNER JOIN hartonomous.site AS p
        ON p.group_site_id = l.site_id AND p.group_place = coalesce((e.place - 1) / p.group_length, 0)
    WHERE l.content_id = ANY (p_content_ids);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.evidence_of(integer[]) IS
'Internal to export_subject: every observation of these sources with readable names.';
