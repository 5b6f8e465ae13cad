CREATE OR REPLACE FUNCTION hartonomous.forgets_concepts()
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    RETURN EXISTS (SELECT FROM hartonomous.forgotten_composition);
END
$$;

COMMENT ON FUNCTION hartonomous.forgets_concepts() IS
'Whether there are concepts that loads leave out.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.forgets_concepts()');
