CREATE OR REPLACE FUNCTION hartonomous.restrict_source(source text, VARIADIC roles text[] DEFAULT '{}')
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_missing text;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    SELECT coalesce(left(r.role, 80), 'null') INTO v_missing
    FROM unnest(restrict_source.roles) AS r (role)
    WHERE NOT EXISTS (SELECT FROM pg_roles AS p WHERE p.rolname = r.role)
    LIMIT 1;
    IF v_missing IS NOT NULL THEN
        RAISE EXCEPTION 'there is no role %, so nothing was changed', v_missing USING ERRCODE = 'HT003';
    END IF;
    RETURN hartonomous_internal.change_viewers(
        restrict_source.source,
        array(SELECT DISTINCT r.role COLLATE "C" FROM unnest(restrict_source.roles) AS r (role) ORDER BY 1),
        'restrict_source'
    );
END
$$;

COMMENT ON FUNCTION hartonomous.restrict_source(text, text[]) IS
'Lets only the members of some roles, and editors, see a source: to others it is as if it weren''t there. False when it is so already; open_source_to_all undoes it.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.restrict_source(text, text[])');
