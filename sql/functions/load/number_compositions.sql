-- A load that brings a new concept waits here for another one that is just bringing the same.
CREATE OR REPLACE FUNCTION hartonomous.number_compositions()
RETURNS TABLE (place integer, composition_number integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_own_incoming_tables();
    IF NOT EXISTS (SELECT FROM pg_temp.incoming_source) THEN
        RAISE EXCEPTION 'no load is open in this transaction: begin with open_source' USING ERRCODE = 'HT004';
    END IF;
    ANALYZE pg_temp.incoming_composition;
    IF EXISTS (SELECT FROM hartonomous.forgotten_composition) THEN
        DELETE FROM pg_temp.incoming_composition AS i
        WHERE i.hash IN (SELECT f.hash FROM hartonomous.forgotten_composition AS f)
            OR hartonomous_internal.caseless_digest(hartonomous_internal.caseless_form(i.label, i.kind))
            IN (SELECT f.hash FROM hartonomous.forgotten_composition AS f);
    END IF;
    -- the owner's own loads hash what they label
    IF NOT pg_has_role(session_user, current_user, 'USAGE') THEN
        PERFORM hartonomous_internal.require_true_labels();
    END IF;
    INSERT INTO hartonomous.composition (composition_id, hash, label, kind)
    SELECT DISTINCT ON (i.hash)
        encode(substring(i.hash FROM 1 FOR 16), 'hex')::uuid, i.hash, i.label, i.kind
    FROM pg_temp.incoming_composition AS i
    WHERE NOT EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.hash = i.hash)
    ORDER BY i.hash
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT i.place, c.composition_number
    FROM pg_temp.incoming_composition AS i
    INNER JOIN hartonomous.composition AS c ON c.hash = i.hash;
END
$$;

COMMENT ON FUNCTION hartonomous.number_compositions() IS
'Adds the concepts that were copied and are not known yet, and returns the local number of each by its place; none for a concept that is to stay forgotten.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.number_compositions()');
