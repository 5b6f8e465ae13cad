-- Concepts that were seen beside forgotten ones alone have no relation now.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_unused_compositions()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_unused constant integer[] := hartonomous_internal.unnamed_compositions(array(
        SELECT c.composition_number
        FROM pg_temp.incoming_composition AS i
        INNER JOIN hartonomous.composition AS c ON c.hash = i.hash
    ), '{}');
BEGIN
    IF v_unused <> '{}' THEN
        DELETE FROM hartonomous.composition AS c WHERE c.composition_number = ANY (v_unused);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_unused_compositions() IS
'Internal to close_sources: removes concepts that the load brought and nothing names.';
