CREATE OR REPLACE FUNCTION hartonomous_internal.list_forgotten(p_deletions jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_persons bigint;
    v_concepts bigint;
BEGIN
    INSERT INTO hartonomous.forgotten_subject (digest, key_digest)
    SELECT decode(p.digests ->> 0, 'hex'), decode(p.digests ->> 1, 'hex')
    FROM jsonb_array_elements(p_deletions -> 'persons') AS p (digests)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_persons = ROW_COUNT;
    IF (SELECT count(DISTINCT f.key_digest) FROM hartonomous.forgotten_subject AS f) > 1 THEN
        RAISE EXCEPTION 'persons were forgotten here under another key than those of the file, so nothing was changed'
            USING ERRCODE = 'HT006';
    END IF;
    INSERT INTO hartonomous.forgotten_composition (composition_id, hash)
    SELECT left(c.hash, 32)::uuid, decode(c.hash, 'hex')
    FROM jsonb_array_elements_text(p_deletions -> 'concepts') AS c (hash)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_concepts = ROW_COUNT;
    RETURN v_persons + v_concepts;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        RAISE EXCEPTION 'this is no file of deletions of hartonomous' USING ERRCODE = 'HT004';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.list_forgotten(jsonb) IS
'Internal to replay_forgotten: puts persons and concepts on the lists of what is to stay forgotten; returns how many entries are new.';
