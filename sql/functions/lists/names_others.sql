CREATE OR REPLACE FUNCTION hartonomous_internal.names_others(
    p_neighbours integer[], p_site hartonomous.site, p_but integer[]
)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT EXISTS (
        SELECT FROM unnest(
            CASE
                WHEN (p_site).group_length IS NULL THEN p_neighbours
                ELSE p_neighbours[
                    (p_site).group_place * (p_site).group_length + 1:
                    ((p_site).group_place + 1) * (p_site).group_length
                ]
            END
        ) AS e (neighbour)
        WHERE e.neighbour <> 0 AND e.neighbour <> ALL (p_but)
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.names_others(integer[], hartonomous.site, integer[]) IS
'Internal: whether a site''s part of a list names anybody but some concepts.';
