-- Which of the districts that were abolished on 1 July 2025 go on as the sum of their communes, and why do the others not?
-- `figures_so_far` counts the figures summed so far: those of which every commune has its own.
SELECT
    c.area_code                                     AS code,
    c.area_name_en                                  AS district,
    c.successors                                    AS new_units,
    CASE WHEN c.is_exact THEN c.successor_names_en END AS goes_on_as,
    c.reason                                        AS why_not,
    count(DISTINCT g.indicator_code || g.period)    AS figures_so_far
FROM core.area_coverage AS c
LEFT JOIN marts.growth AS g ON g.area_code = c.area_code AND g.observation_key IS NULL
WHERE c.level = 'district'
GROUP BY c.area_code, c.area_name_en, c.successors, c.is_exact, c.successor_names_en, c.reason
ORDER BY c.is_exact DESC, c.area_code
