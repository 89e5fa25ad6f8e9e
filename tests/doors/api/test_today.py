"""Work over JSON: the next case with its sum, and one list of what needs the caller."""

import re

from recourse.cases.actions import set_due
from recourse.kit.time import now
from tests.cast import Cast
from tests.doors.api.calls import caller, said


def test_the_next_case_comes_with_the_sum_behind_it_and_stands_in_todays_list(cast: Cast) -> None:
    case = cast.open(at=now())
    set_due(case.pk, now())
    ada = caller(cast, "ada")
    given = said(ada.post("/next"))
    assert given["case"]["ref"] == case.ref
    parts = given["offer"]["parts"]
    share = max(parts["allowance"] - parts["left"], 0) / parts["allowance"]
    value = parts["weight"] * parts["exponent"] * share ** (parts["exponent"] - 1) / parts["work"]
    assert value == given["offer"]["value"]
    (item,) = said(ada.get("/today"))["items"]
    assert (item["matter"], item["case"]["ref"]) == ("case", case.ref)
    assert re.fullmatch(r"\d+ × \d+ × \(\d+ ÷ \d+\)\^\d+ ÷ \d+ = [\d.e+-]+", item["line"])
    assert ada.post("/next").status_code == 409
