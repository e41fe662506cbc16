from typing import Any

import httpx
import pytest

from tests.integration.http.service import Service


@pytest.fixture(scope="module")
async def document(service: Service) -> dict[str, Any]:
    nobody = await service.client()
    answer: dict[str, Any] = (await nobody.get("/openapi.json")).json()
    return answer


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


async def test_every_call_tells_what_it_is_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        statuses = set(operation["responses"])
        if " /api/" not in name:
            continue
        assert operation["security"] == [{"apiKey": []}], name
        expected = {"401", "422", "429", "500", "503"}
        expected |= {"400", "408", "413", "415"} if "requestBody" in operation else set()
        parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
        assert ("Idempotency-Key" in parameters) == name.startswith("POST"), name
        expected |= {"409"} if name.startswith("POST") else set()
        expected |= {"404"} if "{" in name and not name.startswith("PUT") else set()
        assert expected <= statuses, name
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorModel"}, name


async def test_what_is_referred_to_is_there(document: dict[str, Any]) -> None:
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(reference := node.get("$ref"), str):
                found.add(reference)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    assert found
    assert found <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


async def test_what_is_not_built_is_absent(document: dict[str, Any]) -> None:
    names = {name for name, _ in operations(document)}
    assert "POST /api/v1/submissions" in names
    assert not any(part in name for name in names for part in ("events", "runs", "proof"))


async def test_the_pages_are_served(service: Service) -> None:
    nobody: httpx.AsyncClient = await service.client()
    assert (await nobody.get("/docs")).status_code == 200
