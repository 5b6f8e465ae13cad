-- Every row of the file is what an audit said, and vouches for what is deleted by it.
CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_deletions(p_deletions jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_first constant text := (SELECT encode(a.hash, 'hex') FROM hartonomous.audit AS a WHERE a.audit_id = 1);
    v_wrong bigint;
    v_due hartonomous.replay_due;
BEGIN
    IF jsonb_typeof(p_deletions) IS DISTINCT FROM 'object'
        OR p_deletions ->> 'format' IS DISTINCT FROM 'hartonomous deletions 1'
        OR jsonb_typeof(p_deletions -> 'deletions') IS DISTINCT FROM 'array'
        OR jsonb_typeof(p_deletions -> 'persons') IS DISTINCT FROM 'array'
        OR jsonb_typeof(p_deletions -> 'concepts') IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'this is no file of deletions of hartonomous' USING ERRCODE = 'HT004';
    ELSIF v_first <> coalesce(p_deletions ->> 'database', '') THEN
        RAISE EXCEPTION 'these are deletions of another database, so nothing was changed' USING ERRCODE = 'HT004';
    END IF;
    -- what was cut out whole shows in nothing else
    IF p_deletions ->> 'digest' IS DISTINCT FROM hartonomous_internal.digest_of(p_deletions) THEN
        RAISE EXCEPTION 'the file was changed: its digest is another''s, so nothing was changed' USING ERRCODE = 'HT004';
    END IF;
    SELECT d.place INTO v_wrong
    FROM jsonb_array_elements(p_deletions -> 'deletions') WITH ORDINALITY AS d (deletion, place)
    WHERE (
        d.deletion #>> '{receipt,hash}' = encode(hartonomous.audit_hash(
            (d.deletion #>> '{receipt,audit_id}')::bigint,
            (d.deletion #>> '{receipt,happened_at}')::timestamptz,
            d.deletion #>> '{receipt,actor}',
            d.deletion #>> '{receipt,action}',
            d.deletion #> '{receipt,details}',
            decode(d.deletion #>> '{receipt,previous_hash}', 'hex')
        ), 'hex')
        AND d.deletion #>> '{receipt,details,trace}'
        = encode(sha256(convert_to((d.deletion -> 'trace')::text, 'UTF8')), 'hex')
    ) IS NOT TRUE
    ORDER BY d.place
    LIMIT 1;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the file was changed: its deletion % is not what the audit said', v_wrong
            USING ERRCODE = 'HT004';
    END IF;
    SELECT d.* INTO v_due FROM hartonomous.replay_due AS d;
    IF FOUND AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_deletions -> 'deletions') AS d (deletion)
        WHERE encode(v_due.hash, 'hex') IN (d.deletion #>> '{receipt,hash}', d.deletion ->> 'stands_for')
    ) THEN
        RAISE EXCEPTION 'the file is too old: it lacks the last deletion, row % of the audit of %',
            v_due.audit_id, encode(substring(v_due.hash FROM 1 FOR 6), 'hex')
            USING ERRCODE = 'HT004';
    END IF;
EXCEPTION
    WHEN data_exception THEN
        RAISE EXCEPTION 'this is no file of deletions of hartonomous' USING ERRCODE = 'HT004';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_deletions(jsonb) IS
'Internal to replay_forgotten: an error for what export_forgotten of this database did not write, or wrote before the last deletion that is known of.';
