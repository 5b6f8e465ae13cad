CREATE OR REPLACE FUNCTION hartonomous_internal.require_positive(p_name text, p_number integer, p_most integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF p_number IS NULL OR p_number < 1 THEN
        RAISE EXCEPTION '% is %: ask for 1 or more', p_name, coalesce(p_number::text, 'null')
            USING ERRCODE = 'HT004';
    ELSIF p_number > p_most THEN
        RAISE EXCEPTION '% is %: ask for % at most', p_name, p_number, p_most USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_positive(text, integer, integer) IS
'Internal: an error for a number of results, hops or paths that is not positive, or too great.';
