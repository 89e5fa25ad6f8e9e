"""The tale of one case: what each fact does to its clocks."""

from collections.abc import Callable, Iterator
from datetime import datetime

from recourse.clocks.policy.facts import Fact, Inherited
from recourse.clocks.policy.instance import Instance, Lane
from recourse.clocks.policy.targets import Fixed, Plan, Target
from recourse.clocks.policy.words import PROMISE, Family, Reply, State
from recourse.handbook.policy.clocks import ClockKind, EndsOn, OnReopen

FIRST, NEXT = ClockKind.FIRST_RESPONSE.value, ClockKind.NEXT_RESPONSE.value
CADENCE, RESOLUTION = ClockKind.UPDATE_CADENCE.value, ClockKind.RESOLUTION.value
FROM_RECEIPT = (FIRST, CADENCE, RESOLUTION)
BY_RESOLUTION = (EndsOn.ACKNOWLEDGED, EndsOn.ANSWERED, EndsOn.RESOLVED)


class Story:
    """Facts told one after the other, and the clocks that they make."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.clocks: list[Instance] = []
        self.received_at: datetime | None = None
        self.passed_on_at: datetime | None = None
        self.resolved_at: datetime | None = None
        self.replies: list[Fact] = []
        self.unanswered: list[tuple[datetime, str]] = []
        self.answered: dict[str, list[tuple[datetime, str]]] = {}
        self.open_waits: set[str] = set()
        self.waits: list[tuple[datetime, datetime | None]] = []

    def tell(self, fact: Fact) -> None:
        """Let one more thing have happened."""
        for clock in self.clocks:
            clock.settle(fact.at)
        verb: Callable[[Fact], None] = getattr(self, f"on_{fact.kind.value}")
        verb(fact)

    def open_clocks(self, *kinds: str) -> Iterator[Instance]:
        """Open clocks, of some kinds or of all."""
        return iter([clock for clock in self.clocks if clock.is_open and (not kinds or clock.kind in kinds)])

    def last(self, kind: str) -> Instance | None:
        """The latest clock of a kind, open or not."""
        return next((clock for clock in reversed(self.clocks) if clock.kind == kind), None)

    def start(self, target: Target, at: datetime, *, ref: str = "") -> Instance:
        """Begin a clock, perhaps in the past: then the waits since have stopped it."""
        epoch = sum(clock.kind == target.kind for clock in self.clocks) + 1
        clock = Instance(target.kind, target.family, epoch, [Lane(at, target)], ref=ref)
        if target.pauses:
            clock.waits = [(max(begun, at), ended) for begun, ended in self.waits if ended is None or ended > at]
        self.clocks.append(clock)
        return clock

    # What came in

    def on_received(self, fact: Fact) -> None:
        self.received_at = fact.at
        for target in self.plan.targets:
            is_commercial = target.family is Family.COMMERCIAL and target.kind in FROM_RECEIPT
            if is_commercial or (target.family is Family.REGULATORY and target.starts_on == "receipt"):
                self.start(target, fact.at, ref=fact.ref)
        self.on_customer_wrote(fact)

    def on_passed_on(self, fact: Fact) -> None:
        self.passed_on_at = fact.at
        self._start_missing()

    def on_customer_wrote(self, fact: Fact) -> None:
        self.unanswered.append((fact.at, fact.ref))
        self._await_next_response()

    def on_no_reply_needed(self, fact: Fact) -> None:
        oldest = min(self.unanswered, default=None)
        self.unanswered = [one for one in self.unanswered if fact.ref and one[1] != fact.ref]
        if oldest is not None and oldest not in self.unanswered:
            for clock in self.open_clocks(NEXT):
                clock.end(State.WITHDRAWN, fact.at)
            self._await_next_response()

    def _await_next_response(self) -> None:
        target = self.plan.target(NEXT)
        if target is None or not self.unanswered or any(self.open_clocks(NEXT)):
            return
        if target.covers_first_message or not any(self.open_clocks(FIRST)):
            at, ref = min(self.unanswered)
            self.start(target, at, ref=ref)

    # What went out

    def on_staff_replied(self, fact: Fact) -> None:
        self.replies.append(fact)
        for clock in self.open_clocks():
            if self._meets(fact, clock):
                clock.finish(fact.at, fact.ref)
        if fact.reply is not Reply.HOLDING:
            self.answered[fact.ref], self.unanswered = self.unanswered, []
        target = self.plan.target(CADENCE)
        if target is not None and self.resolved_at is None:
            self.start(target, fact.at, ref=fact.ref)
        self._await_next_response()

    def on_reply_bounced(self, fact: Fact) -> None:
        """Let a reply never have been sent: what it had met is met by the next one, or open again."""
        bounced = next((reply for reply in self.replies if reply.ref == fact.ref and fact.ref), None)
        if bounced is None:
            return
        self.replies.remove(bounced)
        self.unanswered = sorted([*self.answered.pop(fact.ref, []), *self.unanswered])
        for clock in self.clocks:
            if clock.kind == CADENCE and clock.ref == fact.ref:
                clock.end(State.WITHDRAWN, fact.at)
        for clock in [clock for clock in reversed(self.clocks) if clock.is_judged and clock.ended_by == fact.ref]:
            self._take_back(clock, bounced, fact.at)
        self._await_next_response()

    def _take_back(self, clock: Instance, bounced: Fact, at: datetime) -> None:
        clock.reopen()
        following = (reply for reply in self.replies if reply.at >= bounced.at and self._meets(reply, clock))
        reply = next(following, None)
        if reply is not None:
            clock.finish(reply.at, reply.ref)
        elif self.resolved_at is not None and clock.target.ends_on in BY_RESOLUTION:
            clock.finish(self.resolved_at)
        elif self.resolved_at is not None:
            clock.end(State.STOPPED, self.resolved_at)
        else:
            clock.settle(at)
            self._drop_later(clock, at)

    def _drop_later(self, clock: Instance, at: datetime) -> None:
        """End what began after a clock of the same kind that is open again: it covers them."""
        for later in self.open_clocks(clock.kind):
            if clock.kind != PROMISE and later.epoch > clock.epoch:
                later.end(State.WITHDRAWN, at)

    def _meets(self, reply: Fact, clock: Instance) -> bool:
        """Whether a reply meets a kind of clock."""
        if clock.family is Family.REGULATORY:
            wanted = EndsOn.ACKNOWLEDGED, EndsOn.ANSWERED
            return clock.target.ends_on in (wanted if reply.reply is Reply.FINAL else wanted[:1])
        return clock.kind in (FIRST, CADENCE) or (clock.kind == NEXT and reply.reply is not Reply.HOLDING)

    # Waiting

    def on_wait_started(self, fact: Fact) -> None:
        if not self.open_waits:
            self.waits.append((fact.at, None))
            for clock in self.clocks:
                clock.pause(fact.at)
        self.open_waits.add(fact.ref)

    def on_wait_ended(self, fact: Fact) -> None:
        if fact.ref not in self.open_waits:
            return
        self.open_waits.discard(fact.ref)
        if not self.open_waits:
            self.waits[-1] = (self.waits[-1][0], fact.at)
            for clock in self.clocks:
                clock.unpause(fact.at)

    # Another plan

    def on_target_changed(self, fact: Fact) -> None:
        self._replan(fact, (Family.COMMERCIAL,))

    def on_plan_migrated(self, fact: Fact) -> None:
        self._replan(fact, (Family.COMMERCIAL, Family.REGULATORY))

    def _replan(self, fact: Fact, families: tuple[Family, ...]) -> None:
        self.plan = fact.plan or self.plan
        for clock in self.open_clocks():
            if clock.family not in families:
                continue
            target = self.plan.target(clock.kind)
            if target is not None:
                clock.retarget(target, fact.at, is_waiting=bool(self.open_waits))
            elif clock.family is Family.COMMERCIAL:
                clock.end(State.WITHDRAWN, fact.at)
        self._start_missing()

    def _start_missing(self) -> None:
        """Begin what the plan has and the case had not, from when it would have begun."""
        if self.received_at is None or self.resolved_at is not None:
            return
        starts = {"receipt": self.received_at, "sent": self.passed_on_at}
        for target in self.plan.targets:
            before, begun = self.last(target.kind), starts.get(target.starts_on)
            if target.family is Family.REGULATORY:
                if before is None and begun is not None:
                    self.start(target, begun)
            elif before is not None and (not before.is_withdrawn or any(self.open_clocks(target.kind))):
                continue
            elif target.kind == RESOLUTION or (target.kind == FIRST and not self.replies):
                self.start(target, self.received_at)
            elif target.kind == CADENCE:
                self.start(target, self.replies[-1].at if self.replies else self.received_at)
        self._await_next_response()

    # The end, and not quite

    def on_resolved(self, fact: Fact) -> None:
        for clock in self.open_clocks():
            if clock.kind == RESOLUTION or clock.target.ends_on in BY_RESOLUTION:
                clock.finish(fact.at, fact.ref)
        self._stop(fact)

    def on_closed(self, fact: Fact) -> None:
        self._stop(fact)

    def _stop(self, fact: Fact) -> None:
        for clock in self.open_clocks():
            if clock.family is Family.COMMERCIAL:
                clock.end(State.STOPPED, fact.at)
        self.resolved_at = self.resolved_at or fact.at
        self.unanswered = []

    def on_reopened(self, fact: Fact) -> None:
        gap = (self.resolved_at or fact.at, fact.at)
        self.resolved_at = None
        for kind in (FIRST, NEXT, CADENCE, RESOLUTION):
            clock = next((one for one in reversed(self.clocks) if one.kind == kind and not one.is_withdrawn), None)
            if clock is None or clock.is_open:
                continue
            policy = clock.target.on_reopen
            is_stopped = clock.ended is State.STOPPED
            if policy is OnReopen.CONTINUE and (is_stopped or (kind == RESOLUTION and clock.is_judged)):
                clock.reopen(None if clock.target.counts_closed_time else gap)
            elif policy is OnReopen.NEW_INSTANCE and kind != NEXT and (is_stopped or clock.is_judged):
                target = self.plan.target(kind)
                if target is not None:
                    self.start(target, fact.at, ref=fact.ref)

    # Merging

    def on_merged_in(self, fact: Fact) -> None:
        for brought in fact.inherited:
            mine = next(self.open_clocks(brought.kind), None)
            if mine is not None and brought.kind != PROMISE:
                mine.lanes.append(Lane(brought.started_at, brought.target, fact.ref, brought.pauses, joined_at=fact.at))
                mine.changed()
                self._share_breach(mine, brought)
            elif brought.target.family is not Family.COMMERCIAL or brought.kind == NEXT or not self.last(brought.kind):
                self._adopt(brought, fact)

    def _adopt(self, brought: Inherited, fact: Fact) -> None:
        clock = self.start(brought.target, brought.started_at, ref=brought.ref)
        clock.origin = fact.ref
        self._share_breach(clock, brought)
        clock.lanes = [Lane(brought.started_at, brought.target, fact.ref, brought.pauses, joined_at=fact.at)]
        clock.waits = [(fact.at, None)] if self.open_waits and brought.target.pauses else []
        clock.changed()

    def _share_breach(self, clock: Instance, brought: Inherited) -> None:
        if clock.breached_at is None and brought.breached_at is not None:
            clock.breached_at, clock.is_breach_known = brought.breached_at, True

    def on_merge_undone(self, fact: Fact) -> None:
        for clock in self.open_clocks():
            if clock.origin == fact.ref:
                clock.end(State.WITHDRAWN, fact.at)
            else:
                clock.lanes = [lane for lane in clock.lanes if lane.ref != fact.ref] or clock.lanes
                clock.changed()

    def on_merged_away(self, fact: Fact) -> None:
        for clock in self.open_clocks():
            clock.end(State.MERGED, fact.at)

    def on_unmerged(self, fact: Fact) -> None:
        for clock in self.clocks:
            if clock.ended is State.MERGED:
                clock.reopen()
        for clock in self.open_clocks():
            self._drop_later(clock, fact.at)

    # Duties and promises

    def on_duty_started(self, fact: Fact) -> None:
        target = self.plan.target(fact.key)
        if target is not None and not any(self.open_clocks(fact.key)):
            self.start(target, fact.at, ref=fact.ref)

    def on_duty_done(self, fact: Fact) -> None:
        for clock in self.open_clocks(fact.key):
            clock.finish(fact.at, fact.ref)

    def on_promise_made(self, fact: Fact) -> None:
        if fact.due_at is not None:
            self.start(self._promised(fact.due_at), fact.at, ref=fact.ref)

    def on_promise_moved(self, fact: Fact) -> None:
        for clock in self._promises(fact.ref):
            if fact.due_at is not None:
                clock.retarget(self._promised(fact.due_at), fact.at, is_waiting=False)

    def on_promise_kept(self, fact: Fact) -> None:
        for clock in self._promises(fact.ref):
            clock.finish(fact.at, fact.ref)

    def on_promise_broken(self, fact: Fact) -> None:
        for clock in self._promises(fact.ref):
            clock.end(State.BROKEN, fact.at)

    def on_promise_withdrawn(self, fact: Fact) -> None:
        for clock in self._promises(fact.ref):
            clock.end(State.WITHDRAWN, fact.at)

    def _promises(self, ref: str) -> list[Instance]:
        """The clock of a promise that is still to be settled, here or on the case that this one was merged into."""
        found = [clock for clock in self.clocks if clock.kind == PROMISE and clock.ref == ref]
        for clock in found:
            if clock.ended is State.MERGED:
                clock.reopen()
        return [clock for clock in found if clock.is_open]

    def _promised(self, due_at: datetime) -> Target:
        return Target(PROMISE, Family.PROMISE, Fixed(due_at), warn_at=self.plan.promise_warn_at)
