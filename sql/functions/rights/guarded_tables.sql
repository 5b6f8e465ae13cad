-- A concept is seen where a list of it is; the lists of a large source are guarded in its own partition
-- too, which may be read by its name.
CREATE OR REPLACE FUNCTION hartonomous_internal.guarded_tables()
RETURNS TABLE (name text, seen text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT g.name, replace(g.seen, 'HIDDEN', '(SELECT hartonomous_internal.hidden_sources())::integer[]')
    FROM (
        VALUES
        ('content', 'hartonomous_internal.is_seen(viewers)'),
        ('relation_list', 'content_id <> ALL (HIDDEN)'),
        ('relation_list_shared', 'content_id <> ALL (HIDDEN)'),
        ('site', 'content_id <> ALL (HIDDEN)'),
        ('screened_site', 'content_id <> ALL (HIDDEN)'),
        ('source_chart', 'content_id <> ALL (HIDDEN)'),
        ('composition_coordinate', 'content_id <> ALL (HIDDEN)'),
        ('source_floor', 'content_id <> ALL (HIDDEN)'),
        ('source_pair', 'content_id <> ALL (HIDDEN) AND other_id <> ALL (HIDDEN)'),
        ('relation_summary', 'NOT content_ids && HIDDEN'),
        ('rating_snapshot', 'NOT content_ids && HIDDEN'),
        ('composition', 'EXISTS (SELECT FROM hartonomous.relation_list AS l'
            ' WHERE l.composition_number = composition.composition_number)'),
        ('composition_position', 'EXISTS (SELECT FROM hartonomous.composition AS c'
            ' WHERE c.composition_id = composition_position.composition_id)'),
        ('relation_type', 'is_built_in OR EXISTS (SELECT FROM hartonomous.relation_list AS l'
            ' WHERE l.relation_type_id = relation_type.relation_type_id)')
        UNION ALL
        SELECT 'relation_list_' || c.content_id, 'content_id <> ALL (HIDDEN)'
        FROM hartonomous.content AS c
        INNER JOIN pg_class AS k ON k.oid = to_regclass('hartonomous.relation_list_' || c.content_id)
        -- and those that have a guard still
        WHERE c.viewers IS NOT NULL OR k.relrowsecurity
    ) AS g (name, seen)
$$;

COMMENT ON FUNCTION hartonomous_internal.guarded_tables() IS
'Internal: the tables that hold what somebody may not see while a source has viewers, with the condition of what is seen.';
