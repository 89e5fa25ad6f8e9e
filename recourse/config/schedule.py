"""The schedule: the one list of what the worker does by the clock, and what it asks at every turn."""

from recourse.approvals import tasks as approvals
from recourse.cases import tasks as cases
from recourse.clocks import actions as clocks
from recourse.conversations import tasks as conversations
from recourse.escalations import actions as escalations
from recourse.ledger import actions as ledger
from recourse.ops import record
from recourse.ops.schedule import Line, Ticker, plug
from recourse.people import tasks as people
from recourse.remedies import tasks as remedies
from recourse.timeline import actions as timeline

TICKERS = [
    Ticker("clocks", lambda at: clocks.look(at=at)),
    Ticker("messages", conversations.release),
    Ticker("waits", cases.wake),
    Ticker("remedies", remedies.turn),
    Ticker("ladders", lambda at: escalations.run_ladders(at=at)),
    Ticker("reports", lambda at: ledger.take_reports(at=at)),
    Ticker("payments", lambda at: ledger.send_due(at=at), is_outside=True),
    Ticker("reconciliations", lambda at: ledger.run_reconciliations(at=at), is_outside=True),
    Ticker("approvals", approvals.look_after),
]

LINES = [
    Line("record.seal", "* * * * *", record.seal_all),
    Line("record.checkpoint", "0 * * * *", record.sign_and_send),
    Line("outbox.prune", "17 3 * * *", lambda at: timeline.prune_deliveries(at=at)),
    Line("webhooks.prune", "27 3 * * *", lambda at: timeline.prune_attempts(at=at)),
    Line("files.sweep", "47 3 * * *", conversations.sweep),
    Line("money.reconcile", "41 4 * * *", lambda at: ledger.reconcile_daily(at=at)),
    Line("money.expire_vouchers", "13 * * * *", lambda at: ledger.expire_vouchers(at=at)),
    Line("people.lapse_skills", "5 0 * * *", people.lapse_skills),
    Line("people.tidy", "35 3 * * *", people.tidy),
]


def connect() -> None:
    """Plug the schedule in, once."""
    plug(tickers=TICKERS, lines=LINES)
