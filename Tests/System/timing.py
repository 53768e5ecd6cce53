"""Bounds of a second on a machine that does other things too."""


def takes_less_than(limit: float, attempt):
    """`attempt` returns the seconds that it took. A machine that is busy with other tests holds one of them up now and then;
    what the thing itself takes shows in one of three."""
    taken = []
    while len(taken) < 3:
        taken.append(attempt())
        if taken[-1] < limit:
            return
    raise AssertionError(f"{taken} s, and never less than {limit} s")
