-- Lists go in site by site, whatever sites share a row; places that were emptied don't go in.
-- One statement, so that all parts are of one moment. Names stand for local numbers, text goes
-- in with its length in front, and every part is ordered by its key under the C collation: what
-- comes out doesn't depend on the order of loading or on the database's settings.
CREATE OR REPLACE FUNCTION hartonomous.fingerprint_parts()
RETURNS TABLE (part text, row_count bigint, digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
BEGIN
    RETURN QUERY
    WITH site_key AS MATERIALIZED (
        SELECT
            s.site_id,
            sha256(hartonomous.framed(VARIADIC ARRAY[c.source_identifier, s.position])) AS key,
            hartonomous.framed(VARIADIC ARRAY[
                c.source_identifier, s.position, s.k::text, s.space, s.method, s.recall::text,
                s.mean_removed::text, s.components_removed::text
            ]) AS facts
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
                || int2send(CASE WHEN p.method <> 'count' THEN e.place - p.group_place * coalesce(p.group_length, 0) ELSE 0 END::smallint),
                '\x'::bytea ORDER BY CASE WHEN p.method <> 'count' THEN e.place END, cb.composition_id
            )) AS digest
        FROM hartonomous.relation_list AS l
        INNER JOIN hartonomous.composition AS ca ON ca.composition_number = l.composition_number
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
        INNER JOIN hartonomous.composition AS cb ON cb.composition_number = e.neighbour
        INNER JOIN hartonomous.site AS p
            ON p.group_site_id = l.site_id AND p.group_place = coalesce((e.place - 1) / p.group_length, 0)
        GROUP BY ca.composition_id, l.relation_type_id, p.site_id
    ),
    evidence AS (
        SELECT
            'evidence' AS part,
            get_byte(uuid_send(i.a), 0) AS first_byte,
            count(*) AS row_count,
            sha256(string_agg(
                uuid_send(i.a) || hartonomous.framed(VARIADIC ARRAY[t.name]) || k.key || i.digest,
                '\x'::bytea ORDER BY i.a, t.name COLLATE "C", k.key
            )) AS digest
        FROM list AS i
        INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = i.relation_type_id
        INNER JOIN site_key AS k ON k.site_id = i.site_id
        GROUP BY first_byte
    ),
    composition AS (
        SELECT
            'composition' AS part,
            get_byte(uuid_send(c.composition_id), 0) AS first_byte,
            count(*) AS row_count,
            sha256(string_agg(
                c.hash || hartonomous.framed(VARIADIC ARRAY[c.label, c.kind]), '\x'::bytea ORDER BY c.hash
            )) AS digest
        FROM hartonomous.composition AS c
        GROUP BY first_byte
    ),
    coordinate AS (
        SELECT
            'coordinate' AS part,
            get_byte(uuid_send(p.composition_id), 0) AS first_byte,
            count(*) AS row_count,
            sha256(string_agg(
                uuid_send(p.composition_id) || sha256(convert_to(c.source_identifier, 'UTF8'))
                || float8send(p.x) || float8send(p.y) || float8send(p.z) || float8send(p.w),
                '\x'::bytea ORDER BY p.composition_id, c.source_identifier COLLATE "C"
            )) AS digest
        FROM hartonomous.composition_coordinate AS p
        INNER JOIN hartonomous.content AS c ON c.content_id = p.content_id
        GROUP BY first_byte
    ),
    place AS (
        SELECT
            'position' AS part,
            get_byte(uuid_send(p.composition_id), 0) AS first_byte,
            count(*) AS row_count,
            sha256(string_agg(
                uuid_send(p.composition_id)
                || float8send(p.x) || float8send(p.y) || float8send(p.z) || float8send(p.w),
                '\x'::bytea ORDER BY p.composition_id
            )) AS digest
        FROM hartonomous.composition_position AS p
        GROUP BY first_byte
    ),
    site AS (
        SELECT 'site' AS part, NULL::integer AS first_byte, count(*) AS row_count,
            sha256(string_agg(k.facts, '\x'::bytea ORDER BY k.key)) AS digest
        FROM site_key AS k
    ),
    content AS (
        SELECT 'content' AS part, NULL::integer AS first_byte, count(*) AS row_count,
            sha256(string_agg(
                hartonomous.framed(VARIADIC ARRAY[c.source_identifier, c.kind, s.subject_key, c.state])
                || c.fingerprint,
                '\x'::bytea ORDER BY c.source_identifier COLLATE "C"
            )) AS digest
        FROM hartonomous.content AS c
        LEFT JOIN hartonomous.subject AS s ON s.subject_id = c.subject_id
    ),
    subject AS (
        SELECT 'subject' AS part, NULL::integer AS first_byte, count(*) AS row_count,
            sha256(string_agg(
                hartonomous.framed(VARIADIC ARRAY[s.subject_key]), '\x'::bytea ORDER BY s.subject_key COLLATE "C"
            )) AS digest
        FROM hartonomous.subject AS s
    ),
    forgotten AS (
        SELECT 'forgotten' AS part, NULL::integer AS first_byte, count(*) AS row_count,
            sha256(string_agg(f.hash, '\x'::bytea ORDER BY f.hash)) AS digest
        FROM hartonomous.forgotten_composition AS f
    )
    SELECT n.part, n.row_count, n.digest
    FROM (
        SELECT concat_ws(' ', u.part, lpad(to_hex(u.first_byte), 2, '0')) AS part, u.row_count, u.digest
        FROM (
            SELECT * FROM evidence
            UNION ALL SELECT * FROM composition
            UNION ALL SELECT * FROM coordinate
            UNION ALL SELECT * FROM place
            UNION ALL SELECT * FROM site
            UNION ALL SELECT * FROM content
            UNION ALL SELECT * FROM subject
            UNION ALL SELECT * FROM forgotten
        ) AS u
        WHERE u.row_count > 0
    ) AS n
    ORDER BY n.part COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.fingerprint_parts() IS
'SHA-256 of each part of the logical state: a table, or those of its rows whose key begins with the same byte; parts without rows are left out.';
