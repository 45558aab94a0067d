"""What a person does to pings and rules. Each action keeps what it replaced, so that it can be undone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from proxy.clock import now
from proxy.errors import IllegalMove, PingwardenError, UnknownThing
from proxy.ping import Label, State
from proxy.pipeline import Pipeline
from proxy.policy import SelfPolicy
from proxy.rules.owner import BadRule, OwnerRule
from proxy.score.workshop import Workshop
from proxy.store import pings, policies, rulebook, undo
from proxy.store.people import Person
from proxy.store.scope import Within
from proxy.store.undo import CannotUndo, Kept

MAX_AT_ONCE = 200


class Do(StrEnum):
    """What can be done to pings."""

    APPROVE = "approve"
    SPAM = "spam"
    REJECT = "reject"
    LABEL_SPAM = "label-spam"
    LABEL_HAM = "label-ham"
    LABEL_NONE = "label-none"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Done:
    """How many things were changed, how many could not be, and the id to undo it by (None when nothing was)."""

    what: str
    changed: int
    skipped: int = 0
    undo_id: str | None = None


_LABELS = {Do.LABEL_SPAM: Label.SPAM, Do.LABEL_HAM: Label.HAM, Do.LABEL_NONE: None}


async def act(pipeline: Pipeline, what: Do, ping_ids: Sequence[str], by: Person) -> Done:
    """Do *what* to each ping that allows it."""
    if not 0 < len(ping_ids) <= MAX_AT_ONCE:
        raise BadRule(f"choose from 1 to {MAX_AT_ONCE} linkbacks")
    outcomes = await asyncio.gather(*(_act_on(pipeline, what, one, by) for one in dict.fromkeys(ping_ids)))
    kept = [outcome for outcome in outcomes if outcome is not None]
    undo_id = await pipeline.database.write(undo.keep, what, kept, by.name, now()) if kept else None
    return Done(what, len(kept), len(outcomes) - len(kept), undo_id)


async def _act_on(pipeline: Pipeline, what: Do, ping_id: str, by: Person) -> Kept | None:
    """Do it to one ping and return what it replaced, None when that ping does not allow it."""
    database = Within(pipeline.database, by.scope)
    try:
        if what is Do.DELETE:
            return await database.write(_delete, ping_id)
        before = await database.read(undo.word_of, ping_id)
        if what is Do.APPROVE:
            grace = timedelta(seconds=pipeline.config.admin.undo_s)
            after = (await pipeline.release(ping_id, by.name, Label.HAM, grace, by.scope)).state
        elif what is Do.REJECT or (what is Do.SPAM and before["row"]["state"] == State.HELD):
            said = before["row"]["label"]  # to reject without a word takes no former word back
            label = Label.SPAM if what is Do.SPAM else Label(said) if said else None
            after = (await pipeline.reject(ping_id, by.name, label, by.scope)).state
        else:
            label = Label.SPAM if what is Do.SPAM else _LABELS[what]
            after = (await database.write(pings.label, ping_id, label, by.name, now())).state
    except (IllegalMove, UnknownThing):
        return None
    # Where WordPress had it before the answer came back, it is the approval that can no longer be taken back.
    return before | {"after": State.APPROVED if what is Do.APPROVE else after}


async def check_again(pipeline: Pipeline, ping_id: str, by: Person) -> Done:
    """Ask the source again and judge anew. Taking it back gives the ping the verdict and evidence from before."""
    database = Within(pipeline.database, by.scope)
    before = await database.read(undo.verdict_of, ping_id)
    after = await pipeline.check_again(ping_id, by.scope)
    kept = before | {"after": after.state}
    return Done("check", 1, 0, await database.write(undo.keep, "check", [kept], by.name, now()))


def _delete(connection: Connection, ping_id: str) -> Kept:
    kept = undo.whole_ping(connection, ping_id)
    if kept["row"]["lease_owner"]:
        raise IllegalMove(ping_id, "on its way to WordPress", "deleted")
    pings.remove(connection, ping_id)
    return kept


async def keep_rules(pipeline: Pipeline, rules: Sequence[OwnerRule], by: Person) -> Done:
    """Keep new rules, and change those that have an id."""

    def work(connection: Connection) -> Done:
        kept = []
        for rule in rules:
            before = undo.rule_of(connection, rule.id) if rule.id else None
            after = rulebook.change(connection, rule) if rule.id else rulebook.add(connection, rule, now())
            kept.append(before or {"rule": after.id, "row": None})
        what = "rule-changed" if rules[0].id else "rule-added"
        return Done(what, len(kept), 0, undo.keep(connection, what, kept, by.name, now()))

    if not rules:
        raise BadRule("there is no rule in it")
    return await Within(pipeline.database, by.scope).write(work)


async def remove_rule(pipeline: Pipeline, rule_id: str, by: Person) -> Done:
    """Forget a rule."""

    def work(connection: Connection) -> Done:
        before = undo.rule_of(connection, rule_id)
        rulebook.remove(connection, rule_id)
        return Done("rule-removed", 1, 0, undo.keep(connection, "rule-removed", [before], by.name, now()))

    return await Within(pipeline.database, by.scope).write(work)


async def set_policy(pipeline: Pipeline, site: str, policy: SelfPolicy | None, by: Person) -> Done:
    """Set what becomes of a site's pings to itself; None lets the configuration hold again."""

    def work(connection: Connection) -> Done:
        before = undo.policy_of(connection, site)
        if policy is None:
            policies.forget(connection, site)
        else:
            policies.keep(connection, site, policy)
        return Done("policy", 1, 0, undo.keep(connection, "policy", [before], by.name, now()))

    return await Within(pipeline.database, by.scope).write(work)


async def promote_model(pipeline: Pipeline, workshop: Workshop, shelf_id: str, by: Person) -> Done:
    """Put a model in force."""
    before = await _in_force(workshop)
    promoted = await workshop.promote(shelf_id, by.name)
    if promoted.id == before:  # nothing has changed that could be undone
        return Done("model-promoted", 1)
    return await _keep_model(pipeline, "model-promoted", {"model": promoted.id}, by)


async def roll_back_model(pipeline: Pipeline, workshop: Workshop, by: Person) -> Done:
    """Put the model before in force."""
    before = await _in_force(workshop)
    after = await workshop.roll_back(by.name)
    return await _keep_model(pipeline, "model-back", {"model": after.id, "before": before}, by)


async def _keep_model(pipeline: Pipeline, what: str, kept: Kept, by: Person) -> Done:
    return Done(what, 1, 0, await pipeline.database.write(undo.keep, what, [kept], by.name, now()))


async def _in_force(workshop: Workshop) -> str | None:
    """Return the model in force, None when it is gone from the disk."""
    return next((one.id for one in await workshop.entries() if one.in_force), None)


async def take_back(pipeline: Pipeline, workshop: Workshop, undo_id: str, by: Person) -> int:
    """Undo an action; return how many things are as they were. Raises `CannotUndo`, `UnknownThing`."""
    database = Within(pipeline.database, by.scope)
    models = await database.read(undo.models_of, undo_id)
    for kept in models:
        if await _in_force(workshop) != kept["model"]:
            raise CannotUndo("another model is in force by now")
    undone = await database.write(undo.take_back, undo_id, by.name, now())
    for kept in models:
        if "before" in kept:
            await workshop.promote(kept["before"], by.name)
        else:
            await workshop.roll_back(by.name)
    return undone


async def last_done(database: Within, undo_id: str) -> undo.Undo | None:
    """Return the action of that id, None when there is none any more."""
    try:
        return await database.read(undo.find, undo_id)
    except PingwardenError:
        return None
