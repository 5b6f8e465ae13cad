CREATE OR REPLACE FUNCTION hartonomous.forgotten_places(p_hashes bytea[], p_labels text[], p_kinds text[])
RETURNS integer[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    IF NOT hartonomous.forgets_concepts() THEN
        RETURN '{}';
    END IF;
    RETURN array(
        SELECT c.place::integer
        FROM unnest(p_hashes, p_labels, p_kinds) WITH ORDINALITY AS c (hash, label, kind, place)
        WHERE c.hash IN (SELECT f.hash FROM hartonomous.forgotten_composition AS f)
            OR hartonomous_internal.caseless_digest(hartonomous_internal.caseless_form(c.label, c.kind))
            IN (SELECT f.hash FROM hartonomous.forgotten_composition AS f)
        ORDER BY c.place
    );
END
$$;

COMMENT ON FUNCTION hartonomous.forgotten_places(bytea[], text[], text[]) IS
'Places, from 1, of those of a source''s concepts that loads leave out because they are to stay forgotten.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.forgotten_places(bytea[], text[], text[])');
