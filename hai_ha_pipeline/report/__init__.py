"""The page for readers: what the warehouse answers, in English and Vietnamese, as one self-contained HTML file.

`rows` asks the warehouse, `wording` and `sentences` say it in two languages, `charts` draws it, `view` puts it together,
`write` writes it; `page/` holds the template, its style, its script and every word.
"""
