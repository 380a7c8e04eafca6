-- Which printed figures are read differently, what is read instead, and on which evidence?
WITH figures AS (
    SELECT indicator_key, area_key, period_key, source_key, role, "row", "column", value
    FROM core.fact_observation
    UNION ALL
    SELECT indicator_key, area_key, period_key, source_key, 'target', "row", "column", value
    FROM core.fact_target
)
SELECT
    'sources/' || c.source || '/' || c.file AS file,
    c."row"                                 AS line,
    a.area_name_en                          AS area,
    i.indicator_name_en                     AS indicator,
    p.period_name_en                        AS period,
    f.role,
    c.expected                              AS printed,
    c.corrected                             AS read_as,
    f.value,
    u.unit_name_en                          AS unit,
    c.since,
    c.reason                                AS evidence
FROM audit.correction AS c
LEFT JOIN (figures AS f JOIN core.dim_source AS s USING (source_key))
    ON s.source = c.source AND s.file = c.file AND f."row" = c."row"
LEFT JOIN core.dim_indicator AS i ON i.indicator_key = f.indicator_key
LEFT JOIN core.dim_area AS a ON a.area_key = f.area_key
LEFT JOIN core.dim_period AS p ON p.period_key = f.period_key
LEFT JOIN core.dim_unit AS u ON u.unit_code = i.unit_code
ORDER BY c.source, c.file, c."row", c."column"
