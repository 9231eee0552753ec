"""A checked journey to Amazon States Language: a writer for every kind of step, and what is known before the first run.

    parse (text → tree) → read (tree → Journey) → check (Journey → findings) → compile (Journey → ASL)

`carried` and `rounds` are pure, and the functions of a run read them too; `sojourn.journeys.compile` is the last stage.
"""
