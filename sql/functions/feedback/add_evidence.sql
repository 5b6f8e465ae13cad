-- Nothing was read, so the fingerprint of such a source is made of its name; what was added shows
-- in the fingerprint of the evidence.
CREATE OR REPLACE FUNCTION hartonomous.add_evidence(
    source text,
    a text,
    b text,
    weight double precision,
    relation_type text DEFAULT 'related',
    site text DEFAULT 'by hand',
    subject text DEFAULT NULL
)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_type_id integer;
    v_symmetric boolean;
    v_content_id integer;
    v_site_id integer;
    v_a integer;
    v_b integer;
    v_units integer;
    v_added integer;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    -- before others are waited for, without keeping a deletion from the lists that this looks at, and again
    -- with what they leave
    BEGIN
        v_type_id := hartonomous_internal.require_relation_type(add_evidence.relation_type);
        PERFORM hartonomous_internal.require_observation(
            add_evidence.source, add_evidence.a, add_evidence.b, add_evidence.weight, add_evidence.site, add_evidence.subject
        );
        v_units := CASE add_evidence.weight
            WHEN 0 THEN -1 ELSE greatest(1, round(add_evidence.weight * hartonomous_internal.weight_unit())::integer)
        END;
        PERFORM hartonomous_internal.require_unsaid(
            add_evidence.source, add_evidence.site, v_type_id, add_evidence.a, add_evidence.b, v_units
        );
        RAISE EXCEPTION USING ERRCODE = 'HT101';
    EXCEPTION
        WHEN SQLSTATE 'HT101' THEN NULL;
    END;
    SELECT o.content_id INTO v_content_id FROM hartonomous_internal.start_source(
        add_evidence.source, 'evidence',
        hartonomous.blake3(hartonomous_internal.framed(VARIADIC ARRAY['evidence', add_evidence.source])),
        add_evidence.subject
    ) AS o;
    IF v_content_id IS NULL THEN
        RAISE NOTICE 'this person is to stay forgotten, so the evidence was left out';
        RETURN 0;
    END IF;
    -- no summary is being made of these lists meanwhile
    LOCK TABLE hartonomous.relation_summary IN ROW EXCLUSIVE MODE;
    -- the row keeps others from adding to this source at the same time
    PERFORM FROM hartonomous.content AS c WHERE c.content_id = v_content_id FOR UPDATE;
    PERFORM hartonomous_internal.require_observation(
        add_evidence.source, add_evidence.a, add_evidence.b, add_evidence.weight, add_evidence.site, add_evidence.subject
    );
    -- in one order, so that two who bring the same concepts can't wait for each other
    PERFORM hartonomous_internal.ensure_composition(l.label)
    FROM (SELECT u.label FROM unnest(ARRAY[add_evidence.a, add_evidence.b]) AS u (label) ORDER BY u.label COLLATE "C") AS l;
    v_a := hartonomous_internal.ensure_composition(add_evidence.a);
    v_b := hartonomous_internal.ensure_composition(add_evidence.b);
    v_site_id := hartonomous_internal.ensure_counted_site(v_content_id, add_evidence.site);
    SELECT t.is_symmetric INTO v_symmetric
    FROM hartonomous.relation_type AS t WHERE t.relation_type_id = v_type_id;
    v_added := hartonomous_internal.append_neighbour(v_a, v_content_id, v_site_id, v_type_id, v_b, v_units);
    IF v_symmetric THEN
        v_added := v_added
            + hartonomous_internal.append_neighbour(v_b, v_content_id, v_site_id, v_type_id, v_a, v_units);
    ELSE
        PERFORM hartonomous_internal.ensure_row(v_b, v_content_id, v_site_id, v_type_id);
    END IF;
    IF v_added > 0 THEN
        PERFORM hartonomous_internal.drop_summaries(ARRAY[v_a, v_b]);
        PERFORM hartonomous_internal.drop_charts(ARRAY[v_content_id]);
        PERFORM hartonomous_internal.append_audit('add_evidence', jsonb_build_object('evidence', v_added));
    END IF;
    RETURN v_added;
END
$$;

COMMENT ON FUNCTION hartonomous.add_evidence(text, text, text, double precision, text, text, text) IS
'Adds one observation to a source that is written by hand, and makes the source and the concepts when they are new; a symmetric relation is meant in both directions. Returns how many observations that are new; the same again adds none, nor does a person who is to stay forgotten.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_contributor', 'hartonomous.add_evidence(text, text, text, double precision, text, text, text)'
);
