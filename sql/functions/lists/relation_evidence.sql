-- Lists flattened: one row an observation. The condition on l.neighbours is true of every row; it
-- lets a query for a concept's observers skip the lists that don't name it without unfolding them.
CREATE OR REPLACE VIEW hartonomous.relation_evidence WITH (security_invoker = true) AS
SELECT
    ROW(ca.composition_id, cb.composition_id, l.relation_type_id)::hartonomous.relation_key AS relation_id,
    l.content_id,
    p.site_id,
    (greatest(e.weight, 0)::double precision / hartonomous_internal.weight_unit())::real AS weight,
    CASE WHEN p.class = 'join' THEN coalesce((e.place - 1) % p.group_length, e.place - 1) + 1 END::smallint
        AS rank
FROM hartonomous.relation_list AS l
INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND hartonomous_internal.is_in_scope(c)
INNER JOIN hartonomous.composition AS ca ON ca.composition_number = l.composition_number
CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
INNER JOIN hartonomous.composition AS cb
    ON cb.composition_number = e.neighbour AND l.neighbours @> ARRAY[cb.composition_number]
INNER JOIN hartonomous.site AS p
    ON p.group_site_id = l.site_id AND p.group_place = coalesce((e.place - 1) / p.group_length, 0);

COMMENT ON VIEW hartonomous.relation_evidence IS
'One observation of a relation by a live source; DELETE takes observations away for good, exactly.';
COMMENT ON COLUMN hartonomous.relation_evidence.relation_id IS 'The relation that was observed.';
COMMENT ON COLUMN hartonomous.relation_evidence.content_id IS 'The source that observed it.';
COMMENT ON COLUMN hartonomous.relation_evidence.site_id IS 'The site within the source.';
COMMENT ON COLUMN hartonomous.relation_evidence.weight IS
'How strongly, from 0 to 1, a multiple of 2^-20 so that sums are exact in any order.';
COMMENT ON COLUMN hartonomous.relation_evidence.rank IS
'Place in the list of the first concept, 1 for the nearest; null where there is no list.';
