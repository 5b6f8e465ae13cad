-- Concepts in slices, so that memory is bounded by a slice. Sources that come meanwhile are added
-- when asked; nobody adds to lists that are there (add_evidence locks what this locks).
CREATE OR REPLACE FUNCTION hartonomous.summarise_relations(minimum_evidence integer DEFAULT 1000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    c_slice constant integer := 2000;
    v_without integer[];
    v_slice record;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    IF minimum_evidence IS NULL OR minimum_evidence < 0 THEN
        RAISE EXCEPTION 'minimum_evidence is %: ask for 0 or more', coalesce(minimum_evidence::text, 'null')
            USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous.lock_loader();
    LOCK TABLE hartonomous.relation_summary IN SHARE ROW EXCLUSIVE MODE;
    v_without := hartonomous_internal.quarantined_sources();
    DELETE FROM hartonomous.relation_summary;
    FOR v_slice IN
        SELECT n.relation_type_id, n.is_small, array_agg(n.composition_number) AS numbers
        FROM (
            SELECT
                l.composition_number,
                l.relation_type_id,
                sum(cardinality(l.neighbours)) < minimum_evidence AS is_small,
                row_number() OVER (
                    PARTITION BY l.relation_type_id, sum(cardinality(l.neighbours)) < minimum_evidence
                    ORDER BY l.composition_number
                ) / c_slice AS slice
            FROM hartonomous.relation_list AS l
            WHERE l.content_id <> ALL (v_without)
            GROUP BY l.composition_number, l.relation_type_id
        ) AS n
        GROUP BY n.relation_type_id, n.is_small, n.slice
    LOOP
        IF v_slice.is_small THEN
            INSERT INTO hartonomous.relation_summary
            SELECT s.* FROM hartonomous_internal.count_lists(v_slice.numbers, v_slice.relation_type_id, v_without) AS s;
        ELSE
            INSERT INTO hartonomous.relation_summary
            SELECT s.* FROM hartonomous_internal.summarise_lists(v_slice.numbers, v_slice.relation_type_id, v_without) AS s;
        END IF;
    END LOOP;
    RETURN (SELECT count(*) FROM hartonomous.relation_summary AS s WHERE s.neighbours IS NOT NULL);
END
$$;

COMMENT ON FUNCTION hartonomous.summarise_relations(integer) IS
'Sums up the lists of every concept with so many pieces of evidence, and counts the relations of the others, so that questions about hubs and about the whole graph are answered quickly; returns how many concepts have sums. Answers are the same without.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.summarise_relations(integer)');
