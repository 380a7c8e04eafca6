-- What was read from each file, what became of it, and which figures were rejected, where and why?
-- cells_read = figures_loaded + figures_rejected + cells_missing. A file has one row, or one for each figure it lost.
SELECT
    l.source,
    l.file,
    l.state,
    l.cells_read,
    l.figures_loaded,
    l.figures_rejected,
    l.cells_missing,
    r."row"                       AS line,
    r."column",
    r.value_as_printed,
    r.rule,
    coalesce(r.reason, l.message) AS reason
FROM audit.load AS l
LEFT JOIN audit.rejected AS r USING (source, file)
ORDER BY l.source, l.file, r."row", r."column"
