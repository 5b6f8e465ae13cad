-- A text and not a row of two, which would be computed anew at each call. Of characters that are their own NFD; a run is first-last/step>what the first becomes.
CREATE OR REPLACE FUNCTION hartonomous_internal.case_foldings(p_are_folded boolean)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_runs constant text := '
        41-5a>61 b5>3bc c6>e6 d0>f0 d8>f8 de>fe 110>111 126>127 132>133 13f-141/2>140 14a>14b 152>153
        166>167 17f>73 181>253 182-184/2>183 186>254 187>188 189-18a>256 18b>18c 18e>1dd 18f>259 190>25b
        191>192 193>260 194>263 196>269 197>268 198>199 19c>26f 19d>272 19f>275 1a2-1a4/2>1a3 1a6>280
        1a7>1a8 1a9>283 1ac>1ad 1ae>288 1b1-1b2>28a 1b3-1b5/2>1b4 1b7>292 1b8>1b9 1bc>1bd 1c4>1c6 1c5>1c6
        1c7>1c9 1c8>1c9 1ca>1cc 1cb>1cc 1e4>1e5 1f1>1f3 1f2>1f3 1f6>195 1f7>1bf 21c>21d 220>19e
        222-224/2>223 23a>2c65 23b>23c 23d>19a 23e>2c66 241>242 243>180 244>289 245>28c 246-24e/2>247
        345>3b9 370-372/2>371 376>377 37f>3f3 391-3a1>3b1 3a3-3a9>3c3 3c2>3c3 3cf>3d7 3d0>3b2 3d1>3b8
        3d5>3c6 3d6>3c0 3d8-3ee/2>3d9 3f0>3ba 3f1>3c1 3f4>3b8 3f5>3b5 3f7>3f8 3f9>3f2 3fa>3fb 3fd-3ff>37b
        402-404/2>452 405-406>455 408-40b>458 40f>45f 410-418>430 41a-42f>43a 460-474/2>461 478-480/2>479
        48a-4be/2>48b 4c0>4cf 4c3-4cd/2>4c4 4d4>4d5 4d8>4d9 4e0>4e1 4e8>4e9 4f6>4f7 4fa-52e/2>4fb
        531-556>561 10a0-10c5>2d00 10c7>2d27 10cd>2d2d 13f8-13fd>13f0 1c80>432 1c81>434 1c82>43e
        1c83-1c84>441 1c85>442 1c86>44a 1c87>463 1c88>a64b 1c90-1cba>10d0 1cbd-1cbf>10fd 1efa-1efe/2>1efb
        2132>214e 2160-216f>2170 2183>2184 24b6-24cf>24d0 2c00-2c2e>2c30 2c60>2c61 2c62>26b 2c63>1d7d
        2c64>27d 2c67-2c6b/2>2c68 2c6d>251 2c6e>271 2c6f>250 2c70>252 2c72>2c73 2c75>2c76 2c7e-2c7f>23f
        2c80-2ce2/2>2c81 2ceb-2ced/2>2cec 2cf2>2cf3 a640-a66c/2>a641 a680-a69a/2>a681 a722-a72e/2>a723
        a732-a76e/2>a733 a779-a77b/2>a77a a77d>1d79 a77e-a786/2>a77f a78b>a78c a78d>265 a790-a792/2>a791
        a796-a7a8/2>a797 a7aa>266 a7ab>25c a7ac>261 a7ad>26c a7ae>26a a7b0>29e a7b1>287 a7b2>29d a7b3>ab53
        a7b4-a7be/2>a7b5 a7c2>a7c3 a7c4>a794 a7c5>282 a7c6>1d8e a7c7-a7c9/2>a7c8 a7f5>a7f6 ab70-abbf>13a0
        ff21-ff3a>ff41 10400-10427>10428 104b0-104d3>104d8 10c80-10cb2>10cc0 118a0-118bf>118c0
        16e40-16e5f>16e60 1e900-1e921>1e922
    ';
BEGIN
    RETURN (
        SELECT string_agg(chr(n.code + CASE WHEN p_are_folded THEN n.target - n.first ELSE 0 END), '' ORDER BY n.code)
    FROM (
        SELECT hartonomous_internal.code_point(f.run[1]) AS first, hartonomous_internal.code_point(f.run[4]) AS target, c.code
        FROM regexp_matches(c_runs, '([0-9a-f]+)(?:-([0-9a-f]+))?(?:/([0-9]))?>([0-9a-f]+)', 'g') AS f (run)
        CROSS JOIN LATERAL generate_series(
            hartonomous_internal.code_point(f.run[1]),
            hartonomous_internal.code_point(coalesce(f.run[2], f.run[1])),
            coalesce(f.run[3], '1')::integer
        ) AS c (code)
    ) AS n
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.case_foldings(boolean) IS
'Internal to fold: all characters that become one other character, or what they become.';
