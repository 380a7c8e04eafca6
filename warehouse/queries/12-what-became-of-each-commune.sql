-- What became of each commune, ward and special zone of Quang Ninh on 1 July 2025?
-- `code_now_means` is the unit that bears the old unit's code today; `is_code_reused` says that it is another unit than before.
SELECT
    s.changed_on,
    district.area_name_en                            AS old_district,
    s.old_area_code                                  AS old_code,
    old.area_name_vi                                 AS old_name,
    s.relation,
    s.relation_as_printed,
    s.new_area_code                                  AS new_code,
    new.area_name_vi                                 AS new_name,
    bearer.area_name_vi                              AS code_now_means,
    bearer.area_key IS NOT NULL
        AND split_part(bearer.synonyms, '|', 1) <> split_part(old.synonyms, '|', 1) AS is_code_reused,
    s.legal_basis
FROM core.area_succession AS s
JOIN core.dim_area AS old ON old.area_key = s.old_area_key
JOIN core.dim_area AS new ON new.area_key = s.new_area_key
LEFT JOIN core.dim_area AS district ON district.area_code = old.parent_code AND district.valid_to = s.changed_on
LEFT JOIN core.dim_area AS bearer ON bearer.area_code = s.old_area_code AND bearer.valid_from = s.changed_on
ORDER BY old.parent_code, s.old_area_code, s.new_area_code
