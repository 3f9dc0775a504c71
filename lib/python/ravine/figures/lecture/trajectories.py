"""Recorded iterates."""


def iterates(results, trials):
    """[(row of the trial, its frame of step, x0, x1, ...)] of the trials that recorded them."""
    table = results.tables.get("trajectories")
    if table is None:
        return []
    found = []
    for trial, row in trials.iterrows():
        own = table[table["trial"] == trial]
        if len(own):
            found.append((row, own.sort_values("step")))
    return found


def problems_named(results, name, **arguments):
    """The texts of the problems of this name and these arguments, in the order of the file."""
    return [text for text in dict.fromkeys(results.plan["problem"])
            if results.components.matches(text, {"name": name, **arguments})]
