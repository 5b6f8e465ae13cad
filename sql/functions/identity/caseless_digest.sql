-- What may not come back in any case is remembered by this digest of its form, in the place of a
-- hash: no concept's hash is one, and what sources bring can be held to it without a look at what
-- is stored.
CREATE OR REPLACE FUNCTION hartonomous_internal.caseless_digest(p_form text)
RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT sha256(convert_to('in any case', 'UTF8') || decode('00', 'hex') || convert_to(p_form, 'UTF8'))
$$;

COMMENT ON FUNCTION hartonomous_internal.caseless_digest(text) IS
'Internal: digest of a folded form, for the list of what may not come back.';
