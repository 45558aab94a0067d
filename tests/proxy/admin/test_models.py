"""The models' part of the API against the running proxy: list, train, promote, roll back."""

from pathlib import Path
from typing import Any

import pytest

from proxy.score import shelf_in
from tests.proxy.admin.test_api import call
from tests.proxy.score.learning import keep
from tests.proxy.score.shelves import make
from tests.stage import Stage, on_stage
from tests.waiting import until

ENTRY = {
    "id", "model_id", "in_force", "shipped", "created_at", "parent", "labels", "figures", "refused", "reason", "broken",
}  # fmt: skip
RUN = {
    "state", "what", "done", "by", "started_at", "ended_at", "labels", "model", "promoted", "sentence",
}  # fmt: skip


async def over(stage: Stage) -> dict[str, Any]:
    """The state of training once it is over."""

    async def found() -> dict[str, Any] | None:
        _, run = await call(stage, "GET", "models/train")
        return None if run["state"] == "running" else dict(run)

    return await until(found, "the end of training", deadline_s=200)


async def test_training_from_the_first_label_to_a_model_in_force_and_back(tmp_path: Path) -> None:
    async with on_stage(tmp_path, judge=None) as stage:
        _, run = await call(stage, "GET", "models/train")
        assert (set(run), run["state"]) == (RUN, "idle")
        await keep(stage.proxy.database, 3)
        status, run = await call(stage, "POST", "models/train")
        assert (status, run["state"]) == (200, "waiting")
        assert run["sentence"].startswith("3 of 5 spam and 3 of 5 ham labels are too few")

        await keep(stage.proxy.database, 3, first=10)
        status, run = await call(stage, "POST", "models/train", {"promote": "never"})
        assert (status, run["state"], run["by"]) == (200, "running", "api")
        status, problem = await call(stage, "POST", "models/train")
        assert (status, problem["title"]) == (409, "Conflict")
        assert "a model is being trained already, by api since " in problem["detail"]
        run = await over(stage)
        assert (run["state"], run["done"], run["labels"], run["promoted"]) == ("done", 1.0, 12, False), run

        _, listed = await call(stage, "GET", "models")
        shipped, own = listed["items"]
        assert (set(own), listed["next"]) == (ENTRY, None)
        assert (shipped["id"], shipped["in_force"], own["id"], own["in_force"]) == (
            "shipped",
            True,
            run["model"],
            False,
        )
        assert own["parent"] == shipped["model_id"]
        assert own["figures"]["brier"]["low"] <= own["figures"]["brier"]["value"]

        status, entry = await call(stage, "POST", f"models/{own['id']}/promote")
        assert (status, entry["in_force"]) == (200, True)
        await until(lambda: judged_by(stage, own["model_id"]), "the model in the running server")
        _, told = await call(stage, "GET", f"models/{own['id']}")
        assert set(told) == ENTRY | {
            "card", "learnt_from", "reliability", "learning_curve", "moved_up", "moved_down",
        }  # fmt: skip
        assert told["card"]["model_id"] == own["model_id"]
        assert told["learnt_from"]["by_person"] == {"anna": 12}
        assert {"feature", "text", "before", "after"} == set(told["moved_up"][0])

        status, entry = await call(stage, "POST", "models/shipped/promote")
        assert (status, entry["id"], entry["in_force"]) == (200, "shipped", True)
        await until(lambda: judged_by(stage, shipped["model_id"]), "the shipped model")
        status, entry = await call(stage, "POST", f"models/{own['model_id']}/promote")
        assert (status, entry["id"], entry["in_force"]) == (200, own["id"], True)
        for before in ("shipped", own["id"], "shipped"):
            status, entry = await call(stage, "POST", "models/rollback")
            assert (status, entry["id"], entry["in_force"]) == (200, before, True)
        await until(lambda: judged_by(stage, shipped["model_id"]), "the shipped model again")
        status, problem = await call(stage, "POST", "models/rollback")
        assert (status, problem["detail"]) == (409, "the shipped model is in force; there is none before it.")


async def judged_by(stage: Stage, model_id: str) -> bool:
    """True once the server judges with that model."""
    return stage.proxy.pipeline.judge_in_force.model_id == model_id


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "models/nosuch", None, 404),
        ("POST", "models/nosuch/promote", None, 404),
        ("POST", "models/1/promote", None, 409),
        ("POST", "models/train", {"promote": "maybe"}, 422),
        ("POST", "models/train", {"promote": ["auto"]}, 422),
        ("POST", "models/train", ["auto"], 422),
    ],
)
async def test_what_cannot_be_done_is_a_problem(tmp_path: Path, method: str, path: str, body: Any, status: int) -> None:
    """Number 1 is a damaged model."""
    make(shelf_in(tmp_path), "1", {"title:words": {"casino": 1.0}})
    (tmp_path / "models" / "1" / "model.joblib").write_bytes(b"broken")
    async with on_stage(tmp_path) as stage:
        found, problem = await call(stage, method, path, body)
        assert (found, problem["status"]) == (status, status), problem
        assert shelf_in(tmp_path).promoted() == []


async def test_a_body_that_is_not_json_is_refused_and_without_a_token_nothing_is_told(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        url = f"{stage.admin}/api/v1/models/train"
        async with stage.http.post(url, data=b"{", headers={"Authorization": "Bearer secret"}) as answer:
            assert answer.status == 400
        for method in ("GET", "POST"):
            async with stage.http.request(method, url) as answer:
                assert answer.status == 401
