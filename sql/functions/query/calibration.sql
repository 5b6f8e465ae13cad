-- As many pairs in each band, ties together, then neighbouring bands are pooled until the share that people
-- agree with rises with the rating (isotonic regression by pooling adjacent violators: Ayer et al. 1955).
CREATE OR REPLACE FUNCTION hartonomous.calibration(
    bands integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    elo_low double precision,
    elo_high double precision,
    pairs bigint,
    agreed bigint,
    probability double precision,
    low double precision,
    high double precision,
    predicted double precision
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_most_bands constant integer := 50;
    v_band record;
    v_last integer := 0;
    v_from bigint[] := '{}';
    v_to bigint[] := '{}';
    v_pairs bigint[] := '{}';
    v_agreed bigint[] := '{}';
    v_even bigint[] := '{}';
    v_even_agreed bigint[] := '{}';
    v_total bigint;
BEGIN
    IF calibration.bands IS NULL OR calibration.bands NOT BETWEEN 1 AND c_most_bands THEN
        RAISE EXCEPTION 'bands are 1 to %', c_most_bands USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_scope();
    FOR v_band IN
        SELECT
            min(p.score) AS lowest, max(p.score) AS highest, max(p.total) AS total, count(*) AS pairs,
            count(*) FILTER (WHERE p.is_agreed) AS agreed,
            count(*) FILTER (WHERE p.half = 0) AS even,
            count(*) FILTER (WHERE p.half = 0 AND p.is_agreed) AS even_agreed
        FROM (
            SELECT j.*, CASE WHEN j.score > 0 THEN
                1 + (rank() OVER (PARTITION BY j.score > 0 ORDER BY j.score) - 1) * calibration.bands
                / count(*) OVER (PARTITION BY j.score > 0)
            ELSE 0 END AS band
            FROM (
                SELECT nullif(g.score, 0) AS score, g.total, g.is_agreed, g.half FROM hartonomous_internal.judged_pairs() AS g
            ) AS j
        ) AS p
        GROUP BY p.band
        ORDER BY p.band
    LOOP
        v_total := v_band.total;
        v_last := v_last + 1;
        v_from[v_last] := v_band.lowest;
        v_to[v_last] := v_band.highest;
        v_pairs[v_last] := v_band.pairs;
        v_agreed[v_last] := v_band.agreed;
        v_even[v_last] := v_band.even;
        v_even_agreed[v_last] := v_band.even_agreed;
        -- shares as products, which are exact; what nobody votes for keeps a band of its own
        WHILE v_last > 1 AND v_to[v_last - 1] IS NOT NULL
            AND v_agreed[v_last - 1] * v_pairs[v_last] >= v_agreed[v_last] * v_pairs[v_last - 1]
        LOOP
            v_to[v_last - 1] := v_to[v_last];
            v_pairs[v_last - 1] := v_pairs[v_last - 1] + v_pairs[v_last];
            v_agreed[v_last - 1] := v_agreed[v_last - 1] + v_agreed[v_last];
            v_even[v_last - 1] := v_even[v_last - 1] + v_even[v_last];
            v_even_agreed[v_last - 1] := v_even_agreed[v_last - 1] + v_even_agreed[v_last];
            v_last := v_last - 1;
        END LOOP;
    END LOOP;
    IF v_last = 0 THEN
        RAISE NOTICE 'nobody has judged a pair that live models know: calibrate with a lexicon, or give feedback';
    END IF;
    RETURN QUERY
    SELECT
        hartonomous_internal.consensus_elo(b.lowest, v_total), hartonomous_internal.consensus_elo(b.highest, v_total),
        b.pairs, b.agreed, b.agreed::double precision / b.pairs,
        hartonomous_internal.wilson_bound(b.agreed, b.pairs, FALSE), hartonomous_internal.wilson_bound(b.agreed, b.pairs, TRUE),
        (
            b.even * (b.agreed - b.even_agreed)::double precision / nullif(b.pairs - b.even, 0)
            + (b.pairs - b.even) * b.even_agreed::double precision / nullif(b.even, 0)
        ) / b.pairs
    FROM unnest(
        v_from[:v_last], v_to[:v_last], v_pairs[:v_last], v_agreed[:v_last], v_even[:v_last], v_even_agreed[:v_last]
    ) WITH ORDINALITY AS b (lowest, highest, pairs, agreed, even, even_agreed, place)
    ORDER BY b.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.calibration(integer, text[], text[], text) IS
'With which probability people agree that two concepts are related, by bands of consensus_elo, from live lexicons and feedback: the first, without bounds, is of pairs that no source lists; with the 95 % interval, and what each half of the words predicts of the other.';
