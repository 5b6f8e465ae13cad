-- A layout is made of all its sources together, so all of it goes with any of them: what is left would still
-- tell of what is gone. It refuses nothing, which would stop a deletion.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_layout()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM hartonomous.composition_position;
    DELETE FROM hartonomous.composition_coordinate;
    DELETE FROM hartonomous.source_chart;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_layout() IS
'Internal: takes away all positions and charts; the next alignment makes them anew.';
