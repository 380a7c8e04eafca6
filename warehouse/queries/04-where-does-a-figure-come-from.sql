-- Where does a figure come from: what was printed, in which file and line, in which document, at which address?
-- Change the three values of `asked` to ask for another figure.
WITH asked AS (
    SELECT
        'total_production_value' AS indicator_code,
        '201'                    AS area_code,
        2024                     AS year
),
figures AS (
    SELECT indicator_key, area_key, period_key, source_key, role, value, is_current, is_corrected,
           qualifier_as_printed, value_as_printed, unit_as_printed, "row"
    FROM core.fact_observation
    UNION ALL
    SELECT indicator_key, area_key, period_key, source_key, 'target', value, is_current, is_corrected,
           qualifier_as_printed, value_as_printed, unit_as_printed, "row"
    FROM core.fact_target
)
SELECT
    f.role,
    p.period_name_en                                                                      AS period,
    concat_ws(' ', f.qualifier_as_printed, f.value_as_printed, f.unit_as_printed)         AS as_printed,
    f.value,
    u.unit_name_en                                                                        AS unit,
    f.is_current,
    f.is_corrected,
    'sources/' || s.source || '/' || s.file                                               AS file,
    f."row"                                                                               AS line,
    s.source_title                                                                        AS document,
    s.published_on,
    s.address
FROM asked
JOIN core.dim_indicator AS i USING (indicator_code)
JOIN core.dim_area AS a USING (area_code)
JOIN figures AS f USING (indicator_key, area_key)
JOIN core.dim_period AS p ON p.period_key = f.period_key AND p.year = asked.year
JOIN core.dim_unit AS u USING (unit_code)
JOIN core.dim_source AS s USING (source_key)
ORDER BY f.role DESC, p.last_day, f.is_current DESC, s.published_on, s.file, f."row"
