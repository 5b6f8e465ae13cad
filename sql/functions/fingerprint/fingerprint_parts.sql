-- Each function fingerprinted_... gives the rows of one table as facts that begin with the row's key,
-- a large table's with the number of the shard that they go into; a new table brings such a function
-- along. They run as one statement, so that all parts are of one moment, which begins when no partition can be
-- dropped any more: volatile, since a stable function keeps its caller's. Names stand for local
-- numbers, text goes in with its length in front, and facts are sorted as bytes: what comes out
-- doesn't depend on the order of loading or on the database's settings.
CREATE OR REPLACE FUNCTION hartonomous.fingerprint_parts()
RETURNS TABLE (part text, row_count bigint, digest bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
SET work_mem = '64MB'
AS $$
DECLARE
    c_part constant text := $part$
        SELECT concat_ws(' ', %L, lpad(to_hex(f.shard), 2, '0')) COLLATE "C", count(*),
            sha256(string_agg(f.facts, ''::bytea ORDER BY f.facts))
        FROM hartonomous_internal.%I() AS f
        GROUP BY f.shard
    $part$;
    v_parts constant text := (
        SELECT string_agg(format(c_part, substring(p.proname FROM '^fingerprinted_(.*)$'), p.proname), ' UNION ALL ')
        FROM pg_proc AS p
        WHERE p.pronamespace = 'hartonomous_internal'::regnamespace AND p.proname LIKE E'fingerprinted\\_%'
            -- what another role put there would run with the owner's rights
            AND pg_get_userbyid(p.proowner) = current_user
    );
BEGIN
    PERFORM hartonomous_internal.refuse_hidden('fingerprints');
    PERFORM hartonomous_internal.hold_lists();
    RETURN QUERY EXECUTE v_parts || ' ORDER BY 1';
END
$$;

COMMENT ON FUNCTION hartonomous.fingerprint_parts() IS
'SHA-256 of each part of the logical state: a table, or those of its rows whose key begins with the same byte; parts without rows are left out.';
