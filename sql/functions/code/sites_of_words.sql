CREATE OR REPLACE FUNCTION hartonomous_internal.sites_of_words(p_without integer[], OUT site_ids integer[], OUT functions bigint)
LANGUAGE sql STABLE
AS $$
    SELECT
        coalesce(array_agg(s.site_id), '{}'),
        -- a setting is what whoever loaded it says
        coalesce(sum(
            CASE WHEN jsonb_typeof(s.settings -> 'functions') = 'number'
                THEN least(greatest((s.settings -> 'functions')::numeric, 1), 1000000) ELSE 1 END
        ), 1)::bigint
    FROM hartonomous.site AS s
    WHERE s.position = 'words' AND s.settings ? 'functions' AND s.content_id <> ALL (p_without)
$$;

COMMENT ON FUNCTION hartonomous_internal.sites_of_words(integer[]) IS
'Internal: the sites at which files of code relate words to functions, and how many functions these files had when they were read; sources p_without are left out.';
