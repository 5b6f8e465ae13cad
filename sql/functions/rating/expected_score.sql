CREATE OR REPLACE FUNCTION hartonomous.expected_score(p_elo double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    -- beyond these powers of ten the score is 0 or 1 to the last bit
    SELECT 1 / (1 + 10 ^ greatest(-300, least(300, (1500 - p_elo) / 400)))
$$;

COMMENT ON FUNCTION hartonomous.expected_score(double precision) IS
'Elo''s expected score of a rating against 1500, from 0 to 1; paths multiply it hop by hop.';
