-- Which sectors make up the production target of Hai Ha for 2024, with which share, computed and as printed?
WITH targets AS (
    SELECT i.indicator_code, i.indicator_name_en, i.parent_code, i.derived_from_code, i.derivation, t.operator, t.value,
           concat_ws(' ', t.qualifier_as_printed, t.value_as_printed, t.unit_as_printed) AS as_printed
    FROM core.fact_target AS t
    JOIN core.dim_indicator AS i USING (indicator_key)
    JOIN core.dim_area AS a USING (area_key)
    JOIN core.dim_period AS p USING (period_key)
    WHERE t.is_current
      AND a.area_code = '201'
      AND p.period_code = '2024'
),
sectors AS (
    SELECT indicator_code, indicator_name_en, value, as_printed, 1 AS place
    FROM targets
    WHERE parent_code = 'total_production_value'
),
parts AS (
    FROM sectors
    UNION ALL
    SELECT 'sum', 'All sectors together', sum(value), NULL, 2
    FROM sectors
    UNION ALL
    SELECT indicator_code, indicator_name_en, value, as_printed, 3
    FROM targets
    WHERE indicator_code = 'total_production_value'
)
SELECT
    part.indicator_name_en                                                              AS part,
    part.as_printed,
    part.value                                                                          AS billion_vnd,
    CASE WHEN part.place < 3
         THEN round(100 * part.value / (SELECT sum(value) FROM sectors), 2) END         AS share_computed_pct,
    share.value                                                                         AS share_printed_pct,
    share.as_printed                                                                    AS share_as_printed
FROM parts AS part
LEFT JOIN targets AS share
    ON share.derived_from_code = part.indicator_code AND share.derivation = 'share'
ORDER BY part.place, part.value
