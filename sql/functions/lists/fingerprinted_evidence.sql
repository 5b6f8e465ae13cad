-- Lists go in site by site, whatever sites share a row; places that were emptied don't go in.
CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_evidence()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    WITH site_key AS MATERIALIZED (
        SELECT s.site_id, sha256(hartonomous_internal.framed(VARIADIC ARRAY[c.source_identifier, s.position])) AS key
        FROM hartonomous.site AS s
        INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
    ),
    list AS (
        SELECT
            ca.composition_id AS a,
            l.relation_type_id,
            p.site_id,
            sha256(string_agg(
                uuid_send(cb.composition_id) || int4send(e.weight)
                || int2send(CASE WHEN p.class = 'join' THEN e.place - p.group_place * coalesce(p.group_length, 0) ELSE 0 END::smallint),
                ''::bytea ORDER BY CASE WHEN p.class = 'join' THEN e.place END, cb.composition_id
            )) AS digest
        FROM hartonomous.relation_list AS l
        INNER JOIN hartonomous.composition AS ca ON ca.composition_number = l.composition_number
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
        INNER JOIN hartonomous.composition AS cb ON cb.composition_number = e.neighbour
        INNER JOIN hartonomous.site AS p
            ON p.group_site_id = l.site_id AND p.group_place = coalesce((e.place - 1) / p.group_length, 0)
        GROUP BY ca.composition_id, l.relation_type_id, p.site_id
    )
    SELECT
        get_byte(uuid_send(i.a), 0),
        uuid_send(i.a) || hartonomous_internal.framed(VARIADIC ARRAY[t.name]) || k.key || i.digest
    FROM list AS i
    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = i.relation_type_id
    INNER JOIN site_key AS k ON k.site_id = i.site_id
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_evidence() IS
'Internal to fingerprint_parts: what each site says of each concept.';
